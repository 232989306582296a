//! Whose turn it is.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::workers::Project;

/// Callers that wait for a worker, by project. The next turn is that of the project that has the fewest leases now; of
/// those with as few, that which has waited longest since it joined, or since it was last given a lease or gave one back.
/// Within a project it is that of the caller who came first.
///
/// So whoever holds nothing waits at most until every worker has been given back once, however many callers another
/// project has; and as many projects as there are workers share them without taking them from each other.
#[derive(Debug)]
pub struct Queue<T> {
    projects: HashMap<Project, Entry<T>>,
    /// The projects with waiting callers, in the order of their turns.
    turns: BTreeMap<Turn, Project>,
    /// Counts what happens; every turn has its own time.
    clock: u64,
    leased: usize,
    waiting: usize,
}

type Turn = (usize, u64);

#[derive(Debug)]
struct Entry<T> {
    leased: usize,
    since: u64,
    waiting: VecDeque<T>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            projects: HashMap::new(),
            turns: BTreeMap::new(),
            clock: 0,
            leased: 0,
            waiting: 0,
        }
    }
}

impl<T> Queue<T> {
    /// A caller waits.
    pub fn join(&mut self, project: &Project, caller: T) {
        self.update(project, |entry, _| entry.waiting.push_back(caller));
        self.waiting += 1;
    }

    /// A lease begins without waiting.
    pub fn begin(&mut self, project: &Project) {
        self.update(project, |entry, now| {
            entry.leased += 1;
            entry.since = now;
        });
        self.leased += 1;
    }

    /// The first waiting caller of a project gets a lease.
    pub fn grant(&mut self, project: &Project) -> Option<T> {
        let caller = self.update(project, |entry, now| {
            let caller = entry.waiting.pop_front()?;
            entry.leased += 1;
            entry.since = now;
            Some(caller)
        })?;
        self.waiting -= 1;
        self.leased += 1;
        Some(caller)
    }

    /// A lease ends.
    pub fn end(&mut self, project: &Project) {
        self.update(project, |entry, now| {
            entry.leased = entry.leased.saturating_sub(1);
            entry.since = now;
        });
        self.leased = self.leased.saturating_sub(1);
    }

    /// Whose turn it is, apart from these.
    pub fn next(&self, except: &[Project]) -> Option<&Project> {
        self.turns.values().find(|project| !except.contains(project))
    }

    /// Whether another project would get the worker if this one gave one back.
    pub fn is_wanted_by_others(&self, project: &Project) -> bool {
        let left = self.leased_by(project).saturating_sub(1);
        let mut others = self.turns.iter().filter(|(_, other)| *other != project);
        others.next().is_some_and(|((leased, _), _)| *leased <= left)
    }

    /// Removes and returns the waiting callers of a project.
    pub fn give_up(&mut self, project: &Project) -> VecDeque<T> {
        let callers = self.update(project, |entry, _| std::mem::take(&mut entry.waiting));
        self.waiting -= callers.len();
        callers
    }

    /// Sends all waiting callers away.
    pub fn give_up_all(&mut self) {
        while let Some(project) = self.next(&[]).cloned() {
            self.give_up(&project);
        }
    }

    /// Whether callers of this project wait.
    pub fn is_waiting(&self, project: &Project) -> bool {
        self.projects
            .get(project)
            .is_some_and(|entry| !entry.waiting.is_empty())
    }

    /// Leases of this project.
    pub fn leased_by(&self, project: &Project) -> usize {
        self.projects.get(project).map_or(0, |entry| entry.leased)
    }

    /// All leases.
    pub fn leased(&self) -> usize {
        self.leased
    }

    /// All waiting callers.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// The projects with waiting callers.
    pub fn waiting_projects(&self) -> usize {
        self.turns.len()
    }

    /// The projects with waiting callers, and how many each has.
    pub fn lengths(&self) -> impl Iterator<Item = (&Project, usize)> {
        self.turns.values().filter_map(|project| {
            let entry = self.projects.get(project)?;
            Some((project, entry.waiting.len()))
        })
    }

    /// Changes an entry, and its place among the turns.
    fn update<R>(&mut self, project: &Project, change: impl FnOnce(&mut Entry<T>, u64) -> R) -> R {
        self.clock += 1;
        let now = self.clock;
        let entry = self.projects.entry(project.clone()).or_insert_with(|| Entry {
            leased: 0,
            since: now,
            waiting: VecDeque::new(),
        });
        self.turns.remove(&(entry.leased, entry.since));
        let result = change(entry, now);
        if !entry.waiting.is_empty() {
            self.turns.insert((entry.leased, entry.since), project.clone());
        } else if entry.leased == 0 {
            self.projects.remove(project);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(name: &str) -> Project {
        Project::from(name)
    }

    /// Gives the next lease; whose it is, and which caller's.
    fn turn(queue: &mut Queue<u32>) -> Option<(String, u32)> {
        let next = queue.next(&[])?.clone();
        let caller = queue.grant(&next)?;
        Some((next.to_string(), caller))
    }

    #[test]
    fn within_a_project_who_comes_first_is_served_first() {
        let mut queue = Queue::default();
        for caller in 0..3 {
            queue.join(&project("a"), caller);
        }
        for caller in 0..3 {
            assert_eq!(turn(&mut queue), Some(("a".to_owned(), caller)));
        }
        assert_eq!(turn(&mut queue), None);
        assert_eq!((queue.leased(), queue.waiting()), (3, 0));
        for _ in 0..3 {
            queue.end(&project("a"));
        }
        assert!(queue.projects.is_empty(), "a project that wants nothing is forgotten");
    }

    #[test]
    fn a_crowd_delays_another_project_by_one_lease_of_each_worker() {
        for workers in 1..5 {
            let mut queue = Queue::default();
            for caller in 0..10_000 {
                queue.join(&project("crowd"), caller);
            }
            for _ in 0..workers {
                assert_eq!(turn(&mut queue).unwrap().0, "crowd");
            }
            for round in 0..100 {
                queue.join(&project("small"), round);
                // Every worker is given back once, and by then the small project has had its turn.
                let mut served = false;
                for _ in 0..workers {
                    queue.end(&project("crowd"));
                    if turn(&mut queue).unwrap().0 == "small" {
                        served = true;
                        queue.end(&project("small"));
                        assert_eq!(turn(&mut queue).unwrap().0, "crowd");
                    }
                }
                assert!(served, "{workers} workers, round {round}");
            }
        }
    }

    #[test]
    fn turns_go_round() {
        let mut queue = Queue::default();
        for caller in 0..3 {
            for name in ["a", "b", "c"] {
                queue.join(&project(name), caller);
            }
        }
        let mut order = String::new();
        while let Some((name, _)) = turn(&mut queue) {
            queue.end(&project(&name));
            order.push_str(&name);
        }
        assert_eq!(order, "abcabcabc");
    }

    #[test]
    fn a_caller_who_comes_back_at_once_gets_no_more_than_others() {
        let mut queue = Queue::default();
        for caller in 0..100 {
            queue.join(&project("a"), caller);
            queue.join(&project("b"), caller);
        }
        queue.join(&project("eager"), 0);
        let mut order = String::new();
        for _ in 0..30 {
            let (name, _) = turn(&mut queue).unwrap();
            queue.end(&project(&name));
            if name == "eager" {
                queue.join(&project("eager"), 0);
            }
            order.push_str(&name[..1]);
        }
        assert_eq!(order, "abe".repeat(10));
    }

    #[test]
    fn as_many_projects_as_workers_keep_their_workers() {
        let mut queue = Queue::default();
        for caller in 0..100 {
            queue.join(&project("a"), caller);
            queue.join(&project("b"), caller);
        }
        assert_eq!(turn(&mut queue).unwrap().0, "a");
        assert_eq!(turn(&mut queue).unwrap().0, "b");
        for name in ["a", "a", "b", "a", "b", "b"] {
            assert!(!queue.is_wanted_by_others(&project(name)));
            queue.end(&project(name));
            assert_eq!(turn(&mut queue).unwrap().0, name);
        }
    }

    #[test]
    fn a_holder_learns_that_others_wait() {
        let mut queue = Queue::default();
        let (a, b) = (project("a"), project("b"));
        queue.begin(&a);
        queue.begin(&a);
        assert!(!queue.is_wanted_by_others(&a));
        queue.join(&a, 1);
        assert!(!queue.is_wanted_by_others(&a), "its own callers are not others");
        queue.join(&b, 2);
        assert!(queue.is_wanted_by_others(&a));
        assert_eq!(queue.grant(&b), Some(2));
        queue.join(&b, 3);
        queue.end(&a);
        assert!(!queue.is_wanted_by_others(&a), "both have one");
        assert!(!queue.is_wanted_by_others(&b), "both have one");
    }

    #[test]
    fn the_hopeless_are_sent_away() {
        let mut queue = Queue::default();
        let (a, b) = (project("a"), project("b"));
        queue.begin(&a);
        for caller in 0..3 {
            queue.join(&a, caller);
            queue.join(&b, 10 + caller);
        }
        assert_eq!(queue.lengths().map(|(_, waiting)| waiting).collect::<Vec<_>>(), [3, 3]);
        assert_eq!(queue.give_up(&b), [10, 11, 12]);
        assert_eq!((queue.waiting(), queue.waiting_projects()), (3, 1));
        assert!(queue.is_waiting(&a) && !queue.is_waiting(&b));
        queue.give_up_all();
        assert_eq!((queue.waiting(), queue.waiting_projects(), queue.leased()), (0, 0, 1));
    }
}
