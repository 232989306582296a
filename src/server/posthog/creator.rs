//! Who made an object.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::server::auth::ProjectCaller;

/// Whoever makes an evaluation, as PostHog shows users. Keys have no person behind them that the service knows of: it is
/// the project itself.
pub fn creator(caller: &ProjectCaller) -> Value {
    let project = &caller.0.project;
    let distinct_id = format!("jurybox-project-{}", project.id);
    json!({
        "id": project.id,
        "uuid": Uuid::new_v5(&Uuid::NAMESPACE_URL, distinct_id.as_bytes()),
        "distinct_id": distinct_id,
        "first_name": project.name,
        "last_name": "",
        "email": format!("project-{}@jurybox.invalid", project.id),
    })
}
