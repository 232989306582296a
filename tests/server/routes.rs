//! Every route that the service has, and the scope that opens it. `-` needs a key of any kind, `none` needs no key.

/// A route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Its path, with names in braces.
    pub path: &'static str,
    /// Its method.
    pub method: &'static str,
    /// What opens it.
    pub scope: &'static str,
}

/// The routes, each with its scope. PostHog's are those of `/api/projects`; `/api/environments` has the same.
const TABLE: &str = "
POST /api/jurybox/check evaluation:read
GET /api/jurybox/completions -
POST /api/jurybox/evaluate evaluation:read
GET /api/jurybox/evaluations evaluation:read
GET /api/jurybox/evaluations/{id}/history evaluation:read
GET /api/jurybox/events event:read
POST /api/jurybox/events event:write
GET /api/jurybox/limits -
GET /api/jurybox/session -
GET /api/projects/{project_id}/dataset_items dataset:read
POST /api/projects/{project_id}/dataset_items dataset:write
GET /api/projects/{project_id}/dataset_items/{id} dataset:read
PUT /api/projects/{project_id}/dataset_items/{id} dataset:write
DELETE /api/projects/{project_id}/dataset_items/{id} dataset:write
PATCH /api/projects/{project_id}/dataset_items/{id} dataset:write
POST /api/projects/{project_id}/dataset_items/{id}/archive dataset:write
POST /api/projects/{project_id}/dataset_items/{id}/restore dataset:write
GET /api/projects/{project_id}/datasets dataset:read
POST /api/projects/{project_id}/datasets dataset:write
GET /api/projects/{project_id}/datasets/{id} dataset:read
PUT /api/projects/{project_id}/datasets/{id} dataset:write
DELETE /api/projects/{project_id}/datasets/{id} dataset:write
PATCH /api/projects/{project_id}/datasets/{id} dataset:write
POST /api/projects/{project_id}/datasets/{id}/archive dataset:write
POST /api/projects/{project_id}/datasets/{id}/restore dataset:write
POST /api/projects/{project_id}/evaluation_runs evaluation:write
GET /api/projects/{project_id}/evaluations evaluation:read
POST /api/projects/{project_id}/evaluations evaluation:write
POST /api/projects/{project_id}/evaluations/test_hog evaluation:read
GET /api/projects/{project_id}/evaluations/{id} evaluation:read
PUT /api/projects/{project_id}/evaluations/{id} evaluation:write
DELETE /api/projects/{project_id}/evaluations/{id} evaluation:write
PATCH /api/projects/{project_id}/evaluations/{id} evaluation:write
GET /array/{token}/config none
POST /batch event:write
POST /capture event:write
POST /decide none
GET /e event:write
POST /e event:write
POST /engage none
PUT /events event:write
POST /events event:write
POST /events/batch event:write
POST /events/model event:write
POST /events/model/batch event:write
POST /flags none
GET /flags/definitions none
GET /healthz none
POST /i/v0/ai event:write
POST /i/v0/ai/batch event:write
POST /i/v0/e event:write
POST /i/v1/analytics/events event:write
GET /metrics metric:read
PUT /metrics metric:write
POST /metrics metric:write
DELETE /metrics metric:write
POST /metrics/compute metric:read
POST /opentelemetry/v1/traces event:write
GET /projects -
GET /readyz none
POST /session/start event:write
GET /session/{session_id} event:read
PUT /session/{session_id} event:write
POST /session/{session_id}/end event:write
POST /session/{session_id}/event event:write
POST /session/{session_id}/feedback event:write
POST /session/{session_id}/traces event:write
GET /tasks metric:read
PUT /tasks metric:write
POST /tasks metric:write
DELETE /tasks metric:write
GET /tools -
POST /track event:write
GET /v1/configurations metric:read
POST /v1/configurations metric:write
PUT /v1/configurations/{id} metric:write
DELETE /v1/configurations/{id} metric:write
GET /v1/datapoints dataset:read
POST /v1/datapoints dataset:write
POST /v1/datapoints/batch dataset:write
GET /v1/datapoints/{datapoint_id} dataset:read
PUT /v1/datapoints/{datapoint_id} dataset:write
DELETE /v1/datapoints/{datapoint_id} dataset:write
GET /v1/datasets dataset:read
PUT /v1/datasets dataset:write
POST /v1/datasets dataset:write
DELETE /v1/datasets dataset:write
PUT /v1/datasets/{dataset_id} dataset:write
DELETE /v1/datasets/{dataset_id} dataset:write
POST /v1/datasets/{dataset_id}/datapoints dataset:write
DELETE /v1/datasets/{dataset_id}/datapoints/{datapoint_id} dataset:write
DELETE /v1/datasets/{dataset_id}/{datapoint_id} dataset:write
GET /v1/events event:read
POST /v1/events event:write
POST /v1/events/batch event:write
POST /v1/events/export event:read
GET /v1/events/schema event:read
POST /v1/events/search event:read
GET /v1/events/{event_id} event:read
PUT /v1/events/{event_id} event:write
GET /v1/metrics metric:read
PUT /v1/metrics metric:write
POST /v1/metrics metric:write
DELETE /v1/metrics metric:write
POST /v1/metrics/run metric:read
POST /v1/metrics/run_metric metric:read
PUT /v1/metrics/{metric_id} metric:write
DELETE /v1/metrics/{metric_id} metric:write
GET /v1/metrics/{metric_id}/versions metric:read
POST /v1/metrics/{metric_id}/versions metric:write
POST /v1/metrics/{metric_id}/versions/{version_name}/deploy metric:write
GET /v1/runs metric:read
POST /v1/runs metric:write
GET /v1/runs/schema event:read
GET /v1/runs/{run_id} metric:read
PUT /v1/runs/{run_id} metric:write
DELETE /v1/runs/{run_id} metric:write
GET /v1/runs/{run_id}/compare-with/{old_run_id} metric:read
GET /v1/runs/{run_id}/compare/{old_run_id} metric:read
GET /v1/runs/{run_id}/compare/{old_run_id}/events metric:read
GET /v1/runs/{run_id}/metrics metric:read
GET /v1/runs/{run_id}/result metric:read
GET /v1/runs/{run_id}/schema metric:read
GET /v1/runs/{run_id}/summary metric:read
POST /v1/sessions event:write
POST /v1/sessions/{session_id}/events/batch event:write
";

/// All routes.
pub fn all() -> Vec<Route> {
    let lines = TABLE.lines().filter(|line| !line.is_empty());
    let routes = lines.map(|line| {
        let mut words = line.split(' ');
        let mut next = || words.next().expect("method, path and scope");
        Route {
            method: next(),
            path: next(),
            scope: next(),
        }
    });
    routes.collect()
}

impl Route {
    /// Its path, with what `value` gives for the names in braces.
    pub fn path_with(&self, mut value: impl FnMut(&str) -> String) -> String {
        let segments = self.path.split('/').map(|segment| {
            let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
            name.map_or_else(|| segment.to_owned(), &mut value)
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// Whether it is for capturing events as PostHog's SDKs do.
    pub fn is_capture(&self) -> bool {
        let first = self.path.split('/').nth(1).unwrap_or_default();
        [
            "array", "batch", "capture", "decide", "e", "engage", "flags", "i", "track",
        ]
        .contains(&first)
    }

    /// Whether requests have a body.
    pub fn has_body(&self) -> bool {
        ["POST", "PUT", "PATCH"].contains(&self.method)
    }
}
