//! The store by itself.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::ingest::Ingested;
use super::jobs::Outcomes;
use super::*;

/// A new store with two projects.
async fn store() -> (TempDir, Store) {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).await.expect("a store");
    assert_eq!(store.create_project("one").await.expect("a project").id, 1);
    assert_eq!(store.create_project("two").await.expect("a project").id, 2);
    (directory, store)
}

fn document(name: &str, description: &str) -> Document {
    let mut document = Document::new(name, json!({"name": name}));
    document.description = description.to_owned();
    document
}

async fn names(store: &Store, listing: &Listing) -> Vec<String> {
    let page = store.list(1, Kind::Dataset, listing).await.expect("a list");
    page.documents.into_iter().map(|document| document.name).collect()
}

fn event(uuid: &str, name: &str, seconds: i64) -> NewEvent {
    NewEvent {
        platform: Platform::PostHog,
        uuid: uuid.to_owned(),
        name: name.to_owned(),
        distinct_id: "someone".to_owned(),
        trace_id: Some(format!("trace of {uuid}")),
        session_id: None,
        timestamp: Timestamp::from_second(seconds).expect("a time"),
        body: json!({"uuid": uuid, "properties": {"text": format!("Text of {uuid}")}}).to_string(),
    }
}

fn live(subject: &str, event_uuid: &str) -> NewJob {
    NewJob {
        kind: JobKind::Evaluation,
        subject: subject.to_owned(),
        event_uuid: event_uuid.to_owned(),
        trigger: Trigger::Live,
        workflow_id: String::new(),
    }
}

fn finished(job: &Job, aftermath: Aftermath) -> Finished {
    Finished {
        sequence: job.sequence,
        project: job.project,
        status: "ok".to_owned(),
        passed: Some(true),
        fuel: 7,
        aftermath,
    }
}

async fn uuids(store: &Store, project: ProjectId, filter: &EventFilter) -> Vec<String> {
    let events = store.newest_events(project, filter, 100).await.expect("events");
    events.into_iter().map(|event| event.event.uuid).collect()
}

#[tokio::test]
async fn lists_have_an_order_and_parts() {
    let (_directory, store) = store().await;
    for (name, description) in [("b", ""), ("a", ""), ("c", "")] {
        let document = document(name, description);
        store.insert(1, Kind::Dataset, &document).await.expect("inserted");
    }
    store
        .insert(1, Kind::Evaluation, &document("other kind", ""))
        .await
        .expect("inserted");
    store
        .insert(2, Kind::Dataset, &document("other project", ""))
        .await
        .expect("inserted");

    assert_eq!(
        names(&store, &Listing::default()).await,
        ["c", "a", "b"],
        "the newest first"
    );
    let by = |by, descending| Listing {
        order: vec![Order { by, descending }],
        ..Listing::default()
    };
    assert_eq!(names(&store, &by(Sort::Name, false)).await, ["a", "b", "c"]);
    assert_eq!(names(&store, &by(Sort::Name, true)).await, ["c", "b", "a"]);
    assert_eq!(names(&store, &by(Sort::CreatedAt, false)).await, ["b", "a", "c"]);

    let part = Listing {
        limit: Some(2),
        offset: 1,
        ..by(Sort::Name, false)
    };
    let page = store.list(1, Kind::Dataset, &part).await.expect("a list");
    assert_eq!(page.total, 3);
    assert_eq!(names(&store, &part).await, ["b", "c"]);
    let beyond = Listing {
        offset: u64::MAX,
        ..Listing::default()
    };
    assert_eq!(names(&store, &beyond).await, [""; 0]);
}

#[tokio::test]
async fn what_changes_last_is_first_by_time_of_change() {
    let (_directory, store) = store().await;
    let first = document("first", "");
    store.insert(1, Kind::Dataset, &first).await.expect("inserted");
    store
        .insert(1, Kind::Dataset, &document("second", ""))
        .await
        .expect("inserted");
    let changed = store.update(1, Kind::Dataset, &first.id, |_| Ok::<_, ()>(())).await;
    let changed = changed.expect("an update").expect("a document");
    assert!(changed.updated_at > first.updated_at);
    assert_eq!(changed.created_at, first.created_at);
    let listing = Listing {
        order: vec![Order {
            by: Sort::UpdatedAt,
            descending: true,
        }],
        ..Listing::default()
    };
    assert_eq!(names(&store, &listing).await, ["first", "second"]);
}

#[tokio::test]
async fn searches_take_every_character_for_itself_in_any_case() {
    let (_directory, store) = store().await;
    for (name, description) in [
        ("100 %", "plain"),
        ("100 x", "under_score"),
        ("Ärger", "underXscore"),
        (r"back\slash", "ΣΊΣΥΦΟΣ"),
    ] {
        let document = document(name, description);
        store.insert(1, Kind::Dataset, &document).await.expect("inserted");
    }
    for (search, found) in [
        ("100 %", vec!["100 %"]),
        ("%", vec!["100 %"]),
        ("under_score", vec!["100 x"]),
        ("äRGER", vec!["Ärger"]),
        ("PLAIN", vec!["100 %"]),
        (r"k\s", vec![r"back\slash"]),
        ("σίσυφ", vec![r"back\slash"]),
        ("' OR 1 = 1 --", vec![]),
        ("", vec![r"back\slash", "Ärger", "100 x", "100 %"]),
    ] {
        let listing = Listing {
            search: Some(search.to_owned()),
            ..Listing::default()
        };
        assert_eq!(names(&store, &listing).await, found, "{search}");
    }
    let long = Listing {
        search: Some("%_ä".repeat(100_000)),
        ..Listing::default()
    };
    assert_eq!(names(&store, &long).await, [""; 0], "no text is too long to look for");
}

#[tokio::test]
async fn lists_are_narrowed() {
    let (_directory, store) = store().await;
    let mut enabled = document("enabled", "");
    enabled.enabled = true;
    let mut deleted = document("deleted", "");
    deleted.deleted = true;
    let mut child = document("child", "");
    child.parent = enabled.id.clone();
    for document in [&enabled, &deleted, &child] {
        store.insert(1, Kind::Dataset, document).await.expect("inserted");
    }
    let all = Listing::default;
    for (listing, found) in [
        (all(), vec!["child", "enabled"]),
        (
            Listing {
                with_deleted: true,
                ..all()
            },
            vec!["child", "deleted", "enabled"],
        ),
        (
            Listing {
                enabled: Some(true),
                ..all()
            },
            vec!["enabled"],
        ),
        (
            Listing {
                enabled: Some(false),
                ..all()
            },
            vec!["child"],
        ),
        (
            Listing {
                parent: Some(enabled.id.clone()),
                ..all()
            },
            vec!["child"],
        ),
        (
            Listing {
                name: Some("child".to_owned()),
                ..all()
            },
            vec!["child"],
        ),
        (
            Listing {
                ids: Some(vec![enabled.id.clone(), deleted.id.clone()]),
                ..all()
            },
            vec!["enabled"],
        ),
        (
            Listing {
                ids: Some(Vec::new()),
                ..all()
            },
            vec![],
        ),
    ] {
        assert_eq!(names(&store, &listing).await, found, "{listing:?}");
    }
}

#[tokio::test]
async fn ids_are_unique_within_project_and_kind() {
    let (_directory, store) = store().await;
    let document = document("a", "");
    store.insert(1, Kind::Dataset, &document).await.expect("inserted");
    let again = store.insert(1, Kind::Dataset, &document).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    store
        .insert(1, Kind::Evaluation, &document)
        .await
        .expect("another kind");
    store
        .insert(2, Kind::Dataset, &document)
        .await
        .expect("another project");
    assert!(store.remove(2, Kind::Dataset, &document.id).await.expect("removed"));
    assert!(!store.remove(2, Kind::Dataset, &document.id).await.expect("not there"));
    let kept = store.get(1, Kind::Dataset, &document.id).await.expect("the document");
    assert_eq!(kept, Some(document));
}

#[tokio::test]
async fn a_refused_change_writes_nothing() {
    let (_directory, store) = store().await;
    let document = document("a", "");
    store.insert(1, Kind::Dataset, &document).await.expect("inserted");
    let refused = store.update(1, Kind::Dataset, &document.id, |document| {
        document.name = "b".to_owned();
        Err("no")
    });
    assert!(matches!(refused.await, Err(UpdateError::Refused("no"))));
    let kept = store.get(1, Kind::Dataset, &document.id).await.expect("the document");
    assert_eq!(kept.as_ref(), Some(&document));
    // What is begun and not committed was never made, and stands in nobody's way.
    let mut changes = store.begin(1).await.expect("changes");
    changes
        .save(
            Kind::Dataset,
            &Document {
                name: "c".to_owned(),
                ..document.clone()
            },
        )
        .await
        .expect("saved");
    drop(changes);
    let kept = store.get(1, Kind::Dataset, &document.id).await.expect("the document");
    assert_eq!(kept, Some(document));
    let missing = store.update(1, Kind::Dataset, "missing", |_| Ok::<_, ()>(())).await;
    assert_eq!(missing.expect("no error"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_time_lose_nothing() {
    let (_directory, store) = store().await;
    let document = Document::new("counter", json!(0));
    store.insert(1, Kind::Dataset, &document).await.expect("inserted");
    let mut tasks = Vec::new();
    for _ in 0..40 {
        let (store, id) = (store.clone(), document.id.clone());
        tasks.push(tokio::spawn(async move {
            let change = |document: &mut Document| {
                document.body = json!(document.body.as_i64().unwrap_or_default() + 1);
                Ok::<_, ()>(())
            };
            store.update(1, Kind::Dataset, &id, change).await.expect("an update");
        }));
    }
    for task in tasks {
        task.await.expect("a task");
    }
    let counted = store.get(1, Kind::Dataset, &document.id).await.expect("the document");
    assert_eq!(counted.expect("the document").body, json!(40));
}

#[tokio::test]
async fn an_event_is_kept_once_in_each_project() {
    let (_directory, store) = store().await;
    let twice = vec![event("a", "x", 1), event("b", "x", 2), event("a", "x", 3)];
    let ingested = store.ingest(1, twice.clone(), vec![]).await.expect("kept");
    assert_eq!(ingested.events, 2);
    assert_eq!(
        store
            .ingest(1, twice.clone(), vec![])
            .await
            .expect("nothing new")
            .events,
        0
    );
    assert_eq!(store.ingest(2, twice, vec![]).await.expect("kept").events, 2);
    let first = store.event(1, "a").await.expect("an event").expect("it is there");
    assert_eq!(first.event.timestamp.as_second(), 1, "the first one stays");
}

#[tokio::test]
async fn the_newest_events_are_first_and_can_be_chosen() {
    let (_directory, store) = store().await;
    let mut other = event("d", "x", 4);
    other.platform = Platform::HoneyHive;
    other.session_id = Some("session".to_owned());
    let events = vec![
        event("b", "x", 2),
        event("a", "x", 1),
        event("c", "y", 3),
        other,
        event("e", "x", 2),
    ];
    store.ingest(1, events, vec![]).await.expect("kept");
    store.ingest(2, vec![event("z", "x", 9)], vec![]).await.expect("kept");
    let at = |seconds| Some(Timestamp::from_second(seconds).expect("a time"));
    let all = EventFilter::default;
    for (filter, found) in [
        (all(), vec!["d", "c", "e", "b", "a"]),
        (EventFilter { offset: 3, ..all() }, vec!["b", "a"]),
        (
            EventFilter {
                name: Some("x".to_owned()),
                ..all()
            },
            vec!["d", "e", "b", "a"],
        ),
        (
            EventFilter {
                platform: Some(Platform::HoneyHive),
                ..all()
            },
            vec!["d"],
        ),
        (
            EventFilter {
                session_id: Some("session".to_owned()),
                ..all()
            },
            vec!["d"],
        ),
        (
            EventFilter {
                trace_id: Some("trace of c".to_owned()),
                ..all()
            },
            vec!["c"],
        ),
        (
            EventFilter {
                since: at(2),
                before: at(4),
                ..all()
            },
            vec!["c", "e", "b"],
        ),
        (
            EventFilter {
                search: Some("TEXT OF C".to_owned()),
                ..all()
            },
            vec!["c"],
        ),
        (
            EventFilter {
                search: Some("text_of".to_owned()),
                ..all()
            },
            vec![],
        ),
    ] {
        assert_eq!(uuids(&store, 1, &filter).await, found, "{filter:?}");
    }
}

#[tokio::test]
async fn a_live_job_is_queued_once_and_only_for_events_that_are_new() {
    let (_directory, store) = store().await;
    let ingest = |uuids: &[&str]| {
        let events = uuids.iter().map(|uuid| event(uuid, "x", 1)).collect();
        let jobs = uuids.iter().map(|uuid| live("metric", uuid)).collect();
        store.ingest(1, events, jobs)
    };
    assert_eq!(
        ingest(&["a", "b"]).await.expect("kept"),
        Ingested { events: 2, jobs: 2 }
    );
    assert_eq!(
        ingest(&["b", "c"]).await.expect("kept"),
        Ingested { events: 1, jobs: 1 }
    );
    assert_eq!(store.queue_jobs(1, &[live("metric", "a")]).await.expect("queued"), 0);
    let manual = NewJob {
        trigger: Trigger::Manual,
        ..live("metric", "a")
    };
    let asked_twice = [manual.clone(), manual];
    assert_eq!(
        store.queue_jobs(1, &asked_twice).await.expect("queued"),
        2,
        "whoever asks gets"
    );
    assert_eq!(store.count_open_jobs().await.expect("a count"), 5);
    let jobs = store.open_jobs(1, 2).await.expect("jobs");
    assert_eq!(jobs.len(), 2, "the oldest");
    assert_eq!(jobs[0].job.event_uuid, "a");
    assert_eq!(store.open_jobs(1, 10).await.expect("jobs").len(), 5);
    assert_eq!(
        store.open_jobs(2, 10).await.expect("jobs").len(),
        0,
        "another project's"
    );
    assert_eq!(store.projects_with_open_jobs().await.expect("projects"), [1]);
}

#[tokio::test]
async fn a_job_ends_once_together_with_what_it_leaves() {
    let (_directory, store) = store().await;
    let jobs = vec![live("one", "a"), live("two", "a")];
    store.ingest(1, vec![event("a", "x", 1)], jobs).await.expect("kept");
    let jobs = store.open_jobs(1, 10).await.expect("jobs");
    let values = Map::from_iter([("score".to_owned(), json!(5))]);
    let ends = [
        finished(&jobs[0], Aftermath::Emit(event("verdict", "$ai_evaluation", 2))),
        finished(&jobs[1], Aftermath::Metrics(values)),
    ];
    assert_eq!(store.finish_jobs(&ends).await.expect("ended"), 2);
    let late = [finished(
        &jobs[0],
        Aftermath::Emit(event("second verdict", "$ai_evaluation", 3)),
    )];
    assert_eq!(store.finish_jobs(&late).await.expect("nothing to end"), 0);
    assert_eq!(uuids(&store, 1, &EventFilter::default()).await, ["verdict", "a"]);
    let judged = store.event(1, "a").await.expect("an event").expect("it is there");
    let body: Value = serde_json::from_str(&judged.event.body).expect("JSON");
    assert_eq!(body["metrics"], json!({"score": 5}));
    assert_eq!(body["properties"]["text"], "Text of a", "the rest stays");
    assert_eq!(store.count_open_jobs().await.expect("a count"), 0);
    assert_eq!(store.projects_with_open_jobs().await.expect("projects"), [0; 0]);

    let now = Timestamp::now();
    let span = (now - SignedDuration::from_secs(60), now + SignedDuration::from_secs(60));
    let outcomes = store
        .outcomes(1, JobKind::Evaluation, "one", span, 2)
        .await
        .expect("outcomes");
    assert_eq!(outcomes.iter().map(|part| part.passed).sum::<u64>(), 1);
    let others = store
        .outcomes(2, JobKind::Evaluation, "one", span, 2)
        .await
        .expect("outcomes");
    assert_eq!(others, [Outcomes::default(); 2], "another project's");
}

#[tokio::test]
async fn a_job_does_not_end_when_what_it_leaves_cannot_be_written() {
    let (_directory, store) = store().await;
    store
        .ingest(1, vec![event("a", "x", 1)], vec![live("one", "a"), live("two", "a")])
        .await
        .expect("kept");
    let jobs = store.open_jobs(1, 10).await.expect("jobs");
    let mut nowhere = finished(&jobs[1], Aftermath::Emit(event("verdict", "$ai_evaluation", 2)));
    nowhere.project = 99;
    let ends = [finished(&jobs[0], Aftermath::Nothing), nowhere];
    store.finish_jobs(&ends).await.expect_err("there is no such project");
    assert_eq!(store.count_open_jobs().await.expect("a count"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_cannot_be_written_harms_no_other() {
    let (_directory, store) = store().await;
    // While one holds the database, the others come together.
    let held = store.begin(1).await.expect("changes");
    let mut tasks = Vec::new();
    for number in 0..50 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let project = if number % 10 == 0 { 99 } else { 1 };
            store
                .ingest(project, vec![event(&number.to_string(), "x", number)], vec![])
                .await
        }));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(held);
    for (number, task) in tasks.into_iter().enumerate() {
        let outcome = task.await.expect("a task");
        assert_eq!(outcome.is_ok(), number % 10 != 0, "{number}: {outcome:?}");
    }
    assert_eq!(uuids(&store, 1, &EventFilter::default()).await.len(), 45);
}

#[tokio::test]
async fn keys_are_kept_listed_and_revoked_once() {
    let (_directory, store) = store().await;
    let key = NewKey {
        id: "id".to_owned(),
        project: 1,
        label: "a label".to_owned(),
        hash: vec![1; 32],
        scopes: vec!["event:read".to_owned(), "event:write".to_owned()],
    };
    store.insert_key(&key).await.expect("kept");
    assert!(matches!(store.insert_key(&key).await, Err(StoreError::Conflict)));
    let kept = store.key("id").await.expect("a key").expect("it is there");
    assert_eq!((kept.project, &kept.scopes, kept.revoked_at), (1, &key.scopes, None));
    assert_eq!(store.key("other").await.expect("no error"), None);
    assert!(store.revoke_key("id").await.expect("revoked"));
    assert!(!store.revoke_key("id").await.expect("revoked before"));
    assert!(!store.revoke_key("other").await.expect("there is none"));
    let keys = store.keys().await.expect("keys");
    assert!(keys.len() == 1 && keys[0].revoked_at.is_some(), "{keys:?}");
}

#[tokio::test]
async fn projects_have_names_of_their_own() {
    let (_directory, store) = store().await;
    assert!(matches!(store.create_project("one").await, Err(StoreError::Conflict)));
    let found = store.project(2).await.expect("a project").expect("it is there");
    assert_eq!(found.name, "two");
    assert_eq!(store.project(3).await.expect("no error"), None);
}

#[tokio::test]
async fn what_was_written_is_there_after_an_end_without_farewell() {
    let (directory, store) = store().await;
    let document = document("a", "");
    store.insert(1, Kind::Dataset, &document).await.expect("inserted");
    store
        .ingest(1, vec![event("a", "x", 1)], vec![live("one", "a")])
        .await
        .expect("kept");
    let changes = store.begin(1).await.expect("changes");
    // Neither closed nor dropped, with a transaction open: as if the process were gone. What lies in the directory at
    // that moment is what the next process finds.
    let copy = tempfile::tempdir().expect("a directory");
    for file in std::fs::read_dir(directory.path()).expect("files") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), copy.path().join(file.file_name())).expect("copied");
    }
    drop((changes, store));
    let store = Store::open(copy.path()).await.expect("a store");
    assert_eq!(
        store.get(1, Kind::Dataset, &document.id).await.expect("a document"),
        Some(document)
    );
    assert_eq!(uuids(&store, 1, &EventFilter::default()).await, ["a"]);
    assert_eq!(store.count_open_jobs().await.expect("a count"), 1);
}

#[tokio::test]
async fn who_closes_writes_first_what_waits() {
    let (directory, store) = store().await;
    let ingest = store.ingest(1, vec![event("a", "x", 1)], vec![]);
    let (ingested, ()) = tokio::join!(ingest, store.close());
    let ingested = ingested.is_ok();
    let late = store.ingest(1, vec![event("b", "x", 1)], vec![]).await;
    assert!(matches!(late, Err(StoreError::Closed)), "{late:?}");
    let store = Store::open(directory.path()).await.expect("a store");
    assert_eq!(
        uuids(&store, 1, &EventFilter::default()).await.len(),
        usize::from(ingested)
    );
}

#[tokio::test]
async fn nothing_belongs_to_a_project_that_is_not_there() {
    let (_directory, store) = store().await;
    store
        .insert(99, Kind::Dataset, &document("a", ""))
        .await
        .expect_err("no project");
    store
        .ingest(99, vec![event("a", "x", 1)], vec![])
        .await
        .expect_err("no project");
    store.queue_jobs(99, &[live("a", "b")]).await.expect_err("no project");
    let key = NewKey {
        id: "id".to_owned(),
        project: 99,
        label: String::new(),
        hash: Vec::new(),
        scopes: Vec::new(),
    };
    store.insert_key(&key).await.expect_err("no project");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let (directory, store) = store().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (99, 'later', TRUE, X'00', 0)",
    )
    .execute(&store.writer)
    .await
    .expect("a later step");
    store.close().await;
    let error = Store::open(directory.path()).await.err().expect("refused");
    let told = error.to_string();
    assert!(matches!(error, StoreError::Newer(99)), "{told}");
    assert!(told.contains("newer jurybox"), "{told}");
}

#[tokio::test]
async fn what_is_no_database_is_not_touched() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("jurybox.sqlite3");
    let text = "this is no database, ".repeat(100);
    std::fs::write(&file, &text).expect("written");
    Store::open(directory.path()).await.err().expect("refused");
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), text);
}

#[tokio::test]
async fn a_full_disk_is_told_and_got_over() {
    let (_directory, store) = store().await;
    // SQLite's own way to say that there is no room for more pages.
    let room = async |pages: u32| {
        let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(limit).execute(&store.writer).await.expect("a limit");
    };
    room(1).await;
    let large = |uuid: &str| {
        let mut event = event(uuid, "x", 1);
        event.body = format!(r#"{{"text": "{}"}}"#, "x".repeat(1 << 20));
        vec![event]
    };
    for _ in 0..3 {
        room(1).await;
        let error = store.ingest(1, large("refused"), vec![]).await.expect_err("no room");
        assert!(matches!(error, StoreError::Full), "{error}");
    }
    room(1).await;
    let mut document = document("large", "");
    document.body = json!("x".repeat(1 << 20));
    let error = store.insert(1, Kind::Dataset, &document).await.expect_err("no room");
    assert!(matches!(error, StoreError::Full), "{error}");

    room(1_000_000).await;
    let kept = store.ingest(1, large("kept"), vec![]).await.expect("room");
    assert_eq!(kept, Ingested { events: 1, jobs: 0 });
    store.insert(1, Kind::Dataset, &document).await.expect("room");
    assert!(store.event(1, "refused").await.expect("an answer").is_none());
}

#[tokio::test]
async fn a_connection_that_is_stuck_in_a_transaction_is_replaced() {
    let (_directory, store) = store().await;
    let mut transaction = store.writer.begin_with("BEGIN IMMEDIATE").await.expect("a transaction");
    // As a full disk leaves it: the database ends the transaction by itself, and whoever began it does not know.
    sqlx::query("ROLLBACK").execute(&mut *transaction).await.expect("ended");
    drop(transaction);
    for uuid in ["a", "b"] {
        let kept = store.ingest(1, vec![event(uuid, "x", 1)], vec![]).await;
        assert_eq!(kept.expect("written").events, 1);
    }
    store
        .insert(1, Kind::Dataset, &document("a", ""))
        .await
        .expect("written");
}

#[tokio::test]
async fn a_directory_is_for_one_service() {
    let directory = tempfile::tempdir().expect("a directory");
    let first = lock(directory.path()).expect("it is free");
    let error = lock(directory.path()).expect_err("it is taken");
    assert!(matches!(error, StoreError::InUse), "{error}");
    // Keys are made beside a service that runs.
    Store::open(directory.path()).await.expect("a store").close().await;
    drop(first);
    lock(directory.path()).expect("it is free again");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_kept_is_its_users_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().expect("a directory");
    let directory = parent.path().join("data");
    let store = Store::open(&directory).await.expect("a store");
    store.create_project("one").await.expect("a project");
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for file in std::fs::read_dir(&directory).expect("files") {
        let file = file.expect("a file").path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}
