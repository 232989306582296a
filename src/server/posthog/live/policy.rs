//! What happens to an evaluation whose code fails.

use super::emitted::Said;
use crate::server::config::OnError;
use crate::server::posthog::evaluations::Evaluation;
use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::{Kind, ProjectId};

/// Why PostHog switches off an evaluation whose code fails.
const HOG_ERROR: &str = "hog_error";

/// Switches the evaluation off if its code failed on some event and the service is set up so; errors of the event leave it
/// on. Once it is off, nothing happens any more, so that it does no harm to ask twice.
///
/// # Errors
/// When the store fails.
pub async fn apply(state: &AppState, project: ProjectId, judged: &Evaluation, said: &[Said]) -> Result<(), Problem> {
    let Some(error) = said.iter().find_map(Said::code_error) else {
        return Ok(());
    };
    if state.config.on_error != OnError::Disable || !judged.enabled {
        return Ok(());
    }
    let change = |document: &mut _| {
        let mut evaluation = Evaluation::read(document)?;
        // Whoever changed the code in the meantime is not judged by the old one.
        if !evaluation.enabled || evaluation.evaluation_config != judged.evaluation_config {
            return Ok(());
        }
        evaluation.set_error(HOG_ERROR, Some(error));
        evaluation.write(document)
    };
    state
        .store
        .update(project, Kind::Evaluation, &judged.id, change)
        .await?;
    state.runner.evaluations_changed(project);
    tracing::info!(
        project,
        evaluation = judged.id,
        "an evaluation was switched off: its code fails"
    );
    Ok(())
}
