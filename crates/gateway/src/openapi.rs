//! What docs/api/openapi.json says, and the tests that keep it true: a route without a row in
//! [`documented`] fails them. Schemas come from the types that the routes answer with.
//!
//! Long: one list of all routes, in which each is looked for.
#![cfg(test)]

mod document;

use bellwether_signal::{
    alert::{Alert, ListedRule, Rule},
    answer::{
        AcknowledgeWish, AlertAnswer, AlertsAnswer, BackupNote, DatasetAnswer, DatasetPreview,
        DatasetUploaded, DatasetVerdict, DatasetsAnswer, DurablesAnswer, EventsAnswer,
        KnownSeriesAnswer, PredictionAnswer, PredictionEntry, PredictionLogAnswer, PublishAnswer,
        PublishWish, RuleTestAnswer, RulesAnswer, RunAnswer, RunsAnswer, SeriesAnswer,
        SessionAnswer, ShadowAnswer, SilenceWish, TokenMade, TokenWish, TokensAnswer, TopicsAnswer,
        TrainAnswer, TrainWish, UploadAnswer, UploadFinished, UploadWish,
    },
    model::{ModelCard, ModelComparison, ModelHistory, ModelSettings},
    system::{SystemClients, SystemHealth},
    why::WhyAnswer,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// How a type becomes a schema; named ones go to the document's components.
type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// One route and method.
#[derive(Clone, Debug)]
struct Operation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    parameters: Vec<Parameter>,
    body: Option<Content>,
    status: u16,
    answer: Option<Content>,
    /// Statuses of problems beyond those that every route may answer.
    problems: &'static [u16],
}

#[derive(Clone, Copy, Debug)]
struct Parameter {
    name: &'static str,
    place: Place,
    required: bool,
    schema: SchemaOf,
    meaning: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Path,
    Query,
    Header,
}

#[derive(Clone, Copy, Debug)]
struct Content {
    media_type: &'static str,
    schema: Option<SchemaOf>,
    meaning: &'static str,
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// An object whose fields the old clients of the host monitor know.
type Fields = serde_json::Map<String, serde_json::Value>;

fn get(path: &'static str, summary: &'static str) -> Operation {
    operation("GET", path, summary)
}

fn operation(method: &'static str, path: &'static str, summary: &'static str) -> Operation {
    Operation {
        method,
        path,
        summary,
        parameters: Vec::new(),
        body: None,
        status: 200,
        answer: None,
        problems: &[],
    }
}

impl Operation {
    fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    fn needs<T: JsonSchema>(self, name: &'static str, meaning: &'static str) -> Self {
        let (place, required, schema) = (Place::Query, true, of::<T> as SchemaOf);
        self.parameter(Parameter { name, place, required, schema, meaning })
    }

    fn takes<T: JsonSchema>(self, name: &'static str, meaning: &'static str) -> Self {
        let (place, required, schema) = (Place::Query, false, of::<T> as SchemaOf);
        self.parameter(Parameter { name, place, required, schema, meaning })
    }

    fn in_path(self, name: &'static str, meaning: &'static str) -> Self {
        let (place, required, schema) = (Place::Path, true, of::<String> as SchemaOf);
        self.parameter(Parameter { name, place, required, schema, meaning })
    }

    fn body<T: JsonSchema>(mut self, media_type: &'static str, meaning: &'static str) -> Self {
        self.body = Some(Content { media_type, schema: Some(of::<T>), meaning });
        self
    }

    fn answers<T: JsonSchema>(mut self, meaning: &'static str) -> Self {
        self.answer =
            Some(Content { media_type: "application/json", schema: Some(of::<T>), meaning });
        self
    }

    fn answers_in(mut self, media_type: &'static str, meaning: &'static str) -> Self {
        self.answer = Some(Content { media_type, schema: None, meaning });
        self
    }

    fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    fn refuses(mut self, problems: &'static [u16]) -> Self {
        self.problems = problems;
        self
    }
}

/// The sockets of the energy analytics, which have two addresses.
fn analytics(path: &'static str) -> Operation {
    get(path, "Opens a WebSocket of the energy analytics (docs/PROTOCOL.md, Dialects)")
        .in_path("kind", "dashboard, anomalies, training or events")
        .takes::<String>("client_id", "The client's name for itself; made up when absent")
        .takes::<String>("token", "A token, for clients that cannot send headers")
        .status(101)
        .refuses(&[400, 404, 426])
}

/// Every route, in the order of the router. A new route is a row here.
fn documented() -> Vec<Operation> {
    const TOPICS: &str = "Patterns, separated by commas: `host/web-1/*`, `host/**`";
    const SINCE: &str = "`now`, or the positions to go on from, as JSON: `{\"activity\":[1,2]}`; \
                         without it, what is retained";
    const MODEL: &str = "NAME-vN, or the model's name, or NAME@ALIAS";
    const OBJECT: &str = "An object as clients of the host monitor know it";
    let link = "A link signs a browser in, once.";
    vec![
        get("/ws", "Opens a WebSocket that speaks `bellwether.v1` (docs/PROTOCOL.md)")
            .takes::<String>("token", "A token, for clients that cannot send headers")
            .status(101)
            .refuses(&[400, 426, 429]),
        analytics("/api/v1/ws/{kind}"),
        analytics("/api/analytics/api/v1/ws/{kind}"),
        get("/api/analytics/ws", "Opens a WebSocket with figures of the energy analytics")
            .takes::<String>("token", "A token, for clients that cannot send headers")
            .status(101)
            .refuses(&[400, 426, 429]),
        get("/socket.io/", "Opens or polls a Socket.IO session (docs/PROTOCOL.md, Dialects)")
            .needs::<String>("EIO", "Version of Engine.IO: 4")
            .needs::<String>("transport", "polling or websocket")
            .takes::<String>("sid", "The session; without it, a new one is opened")
            .takes::<String>("token", "A token, for clients that cannot send headers")
            .answers_in("text/plain", "Packets; with the transport websocket, status 101 instead")
            .refuses(&[400, 426]),
        operation("POST", "/socket.io/", "Packets of a Socket.IO client that polls")
            .needs::<String>("EIO", "Version of Engine.IO: 4")
            .needs::<String>("transport", "polling")
            .needs::<String>("sid", "The session")
            .takes::<String>("token", "A token, for clients that cannot send headers")
            .answers_in("text/plain", "`ok`")
            .refuses(&[400]),
        get("/sign-in", "Uses up a one-time link, sets the session's cookie and goes to the page")
            .takes::<String>("code", "The link's code; without it, the page for signing in")
            .status(303),
        get("/api/session", "Who is asking, and whom").answers::<SessionAnswer>("Who, and whom"),
        operation("POST", "/api/sign-out", "Ends the session and its sockets").status(204),
        get("/api/topics", "What a socket would have sent, for those who poll")
            .needs::<String>("topics", TOPICS)
            .takes::<String>("since", SINCE)
            .answers::<TopicsAnswer>("Envelopes, and where to go on")
            .refuses(&[400]),
        get("/api/stream", "What a socket would send, as Server-Sent Events")
            .needs::<String>("topics", TOPICS)
            .takes::<String>("since", SINCE)
            .takes::<u64>("interval_ms", "Shortest time between two flushes: 0 to 10,000")
            .takes::<String>("token", "A token, for clients that cannot send headers")
            .parameter(Parameter {
                name: "Last-Event-ID",
                place: Place::Header,
                required: false,
                schema: of::<String>,
                meaning: "Goes on where an earlier stream ended",
            })
            .answers_in("text/event-stream", "One event for each envelope; its id is the position")
            .refuses(&[400, 429]),
        get("/api/series", "History, by column")
            .needs::<String>("names", "Up to 100 series, separated by commas")
            .takes::<i64>("from", "Epoch milliseconds, inclusive; an hour before `to` when absent")
            .takes::<i64>("to", "Epoch milliseconds, exclusive; now when absent")
            .takes::<i64>("step", "Milliseconds; as fine as 1,000 points allow when absent")
            .answers::<SeriesAnswer>("One series for each name, in that order")
            .refuses(&[400, 413]),
        get("/api/series/names", "Fields of states that a rule can look at")
            .takes::<String>("q", "Words, each of which is in the name")
            .takes::<u32>("limit", "Most names: 1 to 2,000; 200 when absent")
            .answers::<KnownSeriesAnswer>("What there is now, by name"),
        get("/api/events", "What happened on a logged topic, newest first")
            .needs::<String>("topic", "The topic, such as `activity`")
            .takes::<String>("before", "A position, `EPOCH,OFFSET`; only older events are answered")
            .takes::<u32>("limit", "Most events: 1 to 500; 50 when absent")
            .answers::<EventsAnswer>("Events, and where older ones are")
            .refuses(&[400]),
        get("/api/settings", "What the asker chose").answers::<Fields>("All settings"),
        operation("PATCH", "/api/settings", "Changes some settings")
            .body::<Fields>(
                "application/merge-patch+json",
                "A merge patch (RFC 7396): null takes a setting away. Any content type is read so.",
            )
            .answers::<Fields>("All settings, once they are kept")
            .refuses(&[413, 422]),
        get("/api/tokens", "All tokens, sessions and links; never a secret")
            .answers::<TokensAnswer>("Oldest first"),
        operation("POST", "/api/tokens", "Makes a token for a program")
            .body::<TokenWish>("application/json", "What to make")
            .status(201)
            .answers::<TokenMade>("The token; its secret is told this once")
            .refuses(&[422]),
        operation("POST", "/api/tokens/link", link)
            .body::<TokenWish>("application/json", "What to make")
            .status(201)
            .answers::<TokenMade>("The link; its code is told this once")
            .refuses(&[422]),
        operation("DELETE", "/api/tokens/{id}", "Ends a token, and what it opened, at once")
            .in_path("id", "As the list of tokens has it")
            .status(204)
            .refuses(&[404]),
        operation("POST", "/api/backups", "Tells the activity of a backup that was written")
            .body::<BackupNote>("application/json", "Where it is, and how large")
            .status(204)
            .refuses(&[422]),
        operation("POST", "/api/upload", "A CSV file becomes a dataset, in one request")
            .body::<Fields>("multipart/form-data", "The file in the field `file`")
            .answers::<DatasetUploaded>("The dataset, once it is read and kept")
            .refuses(&[400, 413, 429, 507]),
        get("/api/datasets", "All datasets").answers::<DatasetsAnswer>("Oldest first"),
        operation("POST", "/api/datasets", "The same as `/api/upload`")
            .body::<Fields>("multipart/form-data", "The file in the field `file`")
            .answers::<DatasetUploaded>("The dataset, once it is read and kept")
            .refuses(&[400, 413, 429, 507]),
        get("/api/datasets/{id}", "A dataset, and what is in it")
            .in_path("id", "As the list of datasets has it")
            .answers::<DatasetAnswer>("With its profile")
            .refuses(&[404]),
        operation("DELETE", "/api/datasets/{id}", "Deletes a dataset and its file")
            .in_path("id", "As the list of datasets has it")
            .status(204)
            .refuses(&[404, 409]),
        get("/api/datasets/{id}/preview", "The first rows of a dataset")
            .in_path("id", "As the list of datasets has it")
            .takes::<u32>("rows", "How many: 1 to 1,000; 20 when absent; fewer of a wide table")
            .answers::<DatasetPreview>("Rows by column")
            .refuses(&[404]),
        get("/api/datasets/{id}/statistics", "Figures of a dataset and its columns")
            .in_path("id", "As the list of datasets has it")
            .answers::<Fields>("Figures")
            .refuses(&[404]),
        get("/api/datasets/{id}/export", "The file as it came")
            .in_path("id", "As the list of datasets has it")
            .answers_in("text/csv", "The file")
            .refuses(&[404]),
        operation("POST", "/api/datasets/{id}/validate", "Looks at a dataset again, with a target")
            .in_path("id", "As the list of datasets has it")
            .body::<Fields>("application/json", "`target_column`, which is kept if it can be one")
            .answers::<DatasetVerdict>("Whether a model can be trained on it")
            .refuses(&[404, 422]),
        operation(
            "POST",
            "/api/datasets/{id}/process",
            "Looks at a dataset again, in the background",
        )
        .in_path("id", "As the list of datasets has it")
        .status(202)
        .answers::<Fields>("`job_id`, `message`, `status`")
        .refuses(&[404, 429]),
        operation("POST", "/api/datasets/uploads", "Announces a file that is to come in pieces")
            .body::<UploadWish>("application/json", "What is to come")
            .status(201)
            .answers::<UploadAnswer>("Where to send it")
            .refuses(&[400, 413, 422, 429]),
        get("/api/datasets/uploads/{id}", "Where an upload stands: what is on disk")
            .in_path("id", "As its announcement was answered")
            .answers::<UploadAnswer>("The same in the headers Upload-Offset and Upload-Length")
            .refuses(&[404]),
        operation("PATCH", "/api/datasets/uploads/{id}", "Goes on with an upload")
            .in_path("id", "As its announcement was answered")
            .parameter(Parameter {
                name: "Upload-Offset",
                place: Place::Header,
                required: true,
                schema: of::<u64>,
                meaning: "Where the bytes belong: where the last ones ended",
            })
            .body::<String>("application/octet-stream", "Any number of bytes")
            .answers::<UploadAnswer>("Where it stands; a conflict has it in Upload-Offset")
            .refuses(&[400, 404, 409, 507]),
        operation("DELETE", "/api/datasets/uploads/{id}", "Calls an upload off")
            .in_path("id", "As its announcement was answered")
            .status(204)
            .refuses(&[404, 409]),
        operation("POST", "/api/datasets/uploads/{id}/finish", "Makes a dataset of an upload")
            .in_path("id", "As its announcement was answered")
            .answers::<UploadFinished>("The dataset, once it is read and kept")
            .refuses(&[400, 404, 409, 507]),
        get("/api/clients", "Who is connected, and how they are doing").answers::<SystemClients>(
            "By the name of the connection, as `system/clients` tells it",
        ),
        operation("DELETE", "/api/clients/{id}", "Ends a connection; its token stays good")
            .in_path("id", "As the list of clients has it")
            .status(204)
            .refuses(&[404]),
        get("/api/durables", "Durable subscriptions: one's own; for admins everybody's")
            .answers::<DurablesAnswer>("By user and name"),
        operation("DELETE", "/api/durables/{name}", "Forgets a durable subscription")
            .in_path("name", "Its name")
            .takes::<String>("user", "Whose it is, for admins; the asker's when absent")
            .status(204)
            .refuses(&[404]),
        operation("POST", "/api/train", "Queues a training")
            .body::<TrainWish>("application/json", "What to train; a dataset is enough")
            .status(202)
            .answers::<TrainAnswer>("The run; its topics are `training/{run}/…`")
            .refuses(&[400, 422, 429]),
        get("/api/runs", "All runs that are kept").answers::<RunsAnswer>("Newest first"),
        get("/api/runs/{run}", "All that is known of a run")
            .in_path("run", "Its number")
            .answers::<RunAnswer>("Status, progress, leaderboard, losses, log")
            .refuses(&[404]),
        operation("POST", "/api/runs/{run}/cancel", "Calls a run off, in its next round")
            .in_path("run", "Its number")
            .answers::<RunAnswer>("As it stands; the topic tells when it is over")
            .refuses(&[404, 409]),
        operation("POST", "/api/runs/{run}/retry", "Queues a run once more")
            .in_path("run", "Its number")
            .body::<TrainWish>(
                "application/json",
                "What is to be different, as a merge patch (RFC 7396); `{}` for nothing",
            )
            .status(202)
            .answers::<TrainAnswer>("The new run")
            .refuses(&[400, 404, 409, 422, 429]),
        get("/api/training/{job}", "How far a training is, for the machine learning dashboard")
            .in_path("job", "The run's number")
            .answers::<Fields>("An object as clients of the dashboard know it")
            .refuses(&[404]),
        get("/api/pipelines", "Saved recipes of trainings, for the machine learning dashboard")
            .answers::<Fields>("`pipelines`, and how many there are"),
        operation("POST", "/api/pipelines", "Saves a recipe of a training")
            .body::<Fields>(
                "application/json",
                "`name`, and `description`, `steps`, `wish` (as for `POST /api/train`)",
            )
            .status(201)
            .answers::<Fields>("The recipe")
            .refuses(&[409, 422]),
        get("/api/pipelines/{id}", "One recipe")
            .in_path("id", "As the list has it")
            .answers::<Fields>("The recipe")
            .refuses(&[404]),
        operation("PUT", "/api/pipelines/{id}", "Changes a recipe")
            .in_path("id", "As the list has it")
            .body::<Fields>("application/json", "What is not there stays")
            .answers::<Fields>("The recipe")
            .refuses(&[404, 422]),
        operation("DELETE", "/api/pipelines/{id}", "Deletes a recipe; its runs stay")
            .in_path("id", "As the list has it")
            .answers::<Fields>("A sentence")
            .refuses(&[404]),
        operation("POST", "/api/pipelines/{id}/run", "Queues a training that follows a recipe")
            .in_path("id", "As the list has it")
            .body::<Fields>(
                "application/json",
                "What is to be different from its wish, as a merge patch; may be empty",
            )
            .answers::<Fields>("The run")
            .refuses(&[400, 404, 422, 429]),
        get("/api/pipelines/{id}/status", "Where the newest run of a recipe stands")
            .in_path("id", "As the list has it")
            .answers::<Fields>("Its status")
            .refuses(&[404]),
        get("/api/processing-jobs", "Trainings as jobs, for the machine learning dashboard")
            .answers::<Fields>("`jobs`, and how many there are"),
        get("/api/processing-jobs/{id}", "One training as a job")
            .in_path("id", "The run's number")
            .answers::<Fields>("The job")
            .refuses(&[404]),
        operation("POST", "/api/publish/{*topic}", "Publishes a signal of one's own, below `app/`")
            .in_path("topic", "Where: `app/…`, its slashes as they are")
            .body::<PublishWish>("application/json", "What to publish")
            .answers::<PublishAnswer>("The position that it got")
            .refuses(&[400, 409, 413, 422, 429, 503]),
        get("/api/models", "All versions of all models, those in production first; an array")
            .answers::<Vec<Fields>>("Also with the fields that clients of the dashboard read"),
        operation("POST", "/api/models/import", "Registers an exported file as the next version")
            .needs::<String>("name", "The model's name: a slug")
            .body::<String>("application/octet-stream", "The file, at most 64 MiB")
            .status(201)
            .answers::<Fields>("The version")
            .refuses(&[400, 409, 422]),
        get("/api/models/compare", "Versions side by side: their cards, and what differs")
            .needs::<String>("ids", "2 to 8 versions, separated by commas")
            .answers::<ModelComparison>("In the order asked for")
            .refuses(&[404, 409, 422]),
        get("/api/models/{id}", "One version, by its id, its model's name or NAME@ALIAS")
            .in_path("id", MODEL)
            .answers::<Fields>("The version, the routing and the settings of its name")
            .refuses(&[404]),
        operation("DELETE", "/api/models/{id}", "Deletes a version, and its file")
            .in_path("id", "The version: NAME-vN")
            .answers::<Fields>("A message")
            .refuses(&[404, 409]),
        get("/api/models/{id}/card", "What a version learned from, how good it is, where it ends")
            .in_path("id", MODEL)
            .answers::<ModelCard>("Figures with their 95 % intervals, curves, limits")
            .refuses(&[404, 409]),
        operation("POST", "/api/models/{id}/deploy", "Puts a version into production")
            .in_path("id", MODEL)
            .answers::<Fields>("A message, model_id, and before: what was there")
            .refuses(&[404, 409]),
        operation("POST", "/api/models/{id}/rollback", "Puts the version before back")
            .in_path("id", "The model's name, or one of its versions")
            .answers::<Fields>("A message, model_id, and before: what was there")
            .refuses(&[404, 409]),
        operation("PUT", "/api/models/{id}/aliases/{alias}", "Gives an alias to a version")
            .in_path("id", "The model's name")
            .in_path("alias", "A slug: production, candidate, or one's own")
            .body::<Fields>("application/json", "model_id: the version")
            .status(204)
            .refuses(&[404, 409, 422]),
        operation("DELETE", "/api/models/{id}/aliases/{alias}", "Takes an alias away")
            .in_path("id", "The model's name")
            .in_path("alias", "The alias")
            .status(204)
            .refuses(&[404]),
        operation("PUT", "/api/models/{id}/routing", "Says who answers beside production")
            .in_path("id", "The model's name")
            .body::<Fields>(
                "application/json",
                "shadow: a version or null; split: {model_id, share} \
                or null. What is not named stays as it is",
            )
            .answers::<Fields>("production, shadow and split as they are now")
            .refuses(&[404, 409, 422]),
        operation("PATCH", "/api/models/{id}/settings", "Changes thresholds, and what is kept")
            .in_path("id", "The model's name")
            .body::<ModelSettings>("application/merge-patch+json", "What is to change")
            .answers::<ModelSettings>("All settings of the model")
            .refuses(&[404, 422]),
        get("/api/models/{id}/history", "What was done with a model's versions, newest first")
            .in_path("id", "The model's name, or one of its versions")
            .answers::<ModelHistory>("When, what and by whom")
            .refuses(&[404]),
        get("/api/models/{id}/export", "A version as one file")
            .in_path("id", MODEL)
            .answers_in("application/octet-stream", "The file, NAME-vN.bellwether")
            .refuses(&[404, 409]),
        operation("POST", "/api/models/{id}/predict", "Predicts a row, or up to 10,000 rows")
            .in_path("id", "A version such as `churn-v3`, or a name: its version in production")
            .takes::<bool>("explain", "Says what each column did to each prediction")
            .takes::<bool>("durable", "Answers once the predictions would survive a loss of power")
            .body::<Fields>(
                "application/json",
                "A field for each column; or `{\"features\": {…}}`, an array of such objects, \
                 `{\"columns\": […], \"rows\": [[…]]}`, or CSV with a header as text/csv",
            )
            .answers::<PredictionAnswer>("For one row; for several a `PredictionsAnswer`")
            .refuses(&[404, 409, 413, 422]),
        get("/api/models/{id}/predictions", "What a version predicted, newest first")
            .in_path("id", "A version, or a name: its version in production")
            .takes::<u32>("limit", "Most predictions: 1 to 1,000; 100 when absent")
            .takes::<String>("before", "An id; only older predictions are answered")
            .answers::<PredictionLogAnswer>("Predictions, and where older ones are")
            .refuses(&[400, 404]),
        get("/api/models/{id}/schema", "What a row for a version looks like")
            .in_path("id", "A version, or a name: its version in production")
            .answers::<Fields>(
                "A JSON Schema (2020-12) with an example; `x-bellwether` has target, task, classes",
            )
            .refuses(&[404, 409]),
        get("/api/models/{id}/shadow", "How a candidate that answers silently compares")
            .in_path("id", "The candidate")
            .answers::<ShadowAnswer>("Since the start of the server, or of the comparison")
            .refuses(&[404]),
        get("/api/predictions/{id}", "A prediction as it is kept")
            .in_path("id", "As the prediction's answer told it")
            .answers::<PredictionEntry>("What was asked, what was said, what was true")
            .refuses(&[404]),
        operation("POST", "/api/predictions/{id}/feedback", "Says what was true of a prediction")
            .in_path("id", "As the prediction's answer told it")
            .body::<Fields>("application/json", "label: a class or a number")
            .answers::<Fields>("prediction, label, correct or error, and the accuracy after it")
            .refuses(&[404, 422]),
        operation("POST", "/api/models/{id}/feedback", "Says what was true of many predictions")
            .in_path("id", "A version, or a name: all its versions")
            .body::<Fields>(
                "application/json",
                "labels: at most 10,000 of {prediction_id, label}; the last one of an id counts",
            )
            .answers::<Fields>("accepted, corrected, unknown ids, refused labels, accuracy")
            .refuses(&[404, 413, 422]),
        get("/api/models/{id}/quality", "How a version does: figures, estimate, their course")
            .in_path("id", MODEL)
            .answers::<Fields>("metrics, estimate, points of 100 predictions, thresholds")
            .refuses(&[404]),
        get("/api/models/{id}/drift", "How far what comes in and goes out is from training")
            .in_path("id", MODEL)
            .answers::<Fields>("A `ModelDrift`; each feature with its kind and its bins")
            .refuses(&[404]),
        get("/api/models/{id}/metrics/realtime", "How a version does, for the dashboard")
            .in_path("id", MODEL)
            .answers::<Fields>(OBJECT)
            .refuses(&[404]),
        get("/api/models/active/status", "All versions that answer, for the dashboard")
            .answers::<Fields>(OBJECT),
        get("/api/why", "What a symptom comes from")
            .needs::<String>("subject", "model/ID or model/NAME")
            .takes::<String>("symptom", "accuracy (when absent), drift or latency")
            .answers::<WhyAnswer>("Causes with their shares, what is ruled out, what to do")
            .refuses(&[400, 404]),
        get("/api/openapi.json", "This document").answers::<Fields>("OpenAPI 3.1"),
        get("/api/asyncapi.json", "Messages and topics").answers::<Fields>("AsyncAPI 3.0"),
        get("/api/alerts", "What is wrong, and what was")
            .takes::<String>("state", "`open` (firing; the default) or `all`")
            .takes::<u32>("limit", "Most alerts: 1 to 2,000; 200 when absent")
            .answers::<AlertsAnswer>("Alerts")
            .refuses(&[400]),
        operation("POST", "/api/alerts/acknowledge", "Somebody has seen several alerts")
            .body::<AcknowledgeWish>("application/json", "Which")
            .answers::<AlertsAnswer>("Those that are acknowledged now")
            .refuses(&[422]),
        get("/api/alerts/{id}", "An alert and what became of it")
            .in_path("id", "As the list of alerts has it")
            .answers::<AlertAnswer>("The alert, its changes, its rule")
            .refuses(&[404]),
        operation("POST", "/api/alerts/{id}/acknowledge", "Somebody has seen an alert")
            .in_path("id", "As the list of alerts has it")
            .answers::<Alert>("The alert")
            .refuses(&[404, 409]),
        operation("POST", "/api/alerts/{id}/silence", "Nobody is told of an alert for a time")
            .in_path("id", "As the list of alerts has it")
            .body::<SilenceWish>("application/json", "For how long; empty: until it is resolved")
            .answers::<Alert>("The alert")
            .refuses(&[404, 409, 422]),
        operation("POST", "/api/alerts/{id}/resolve", "A person says that an alert is over")
            .in_path("id", "As the list of alerts has it")
            .answers::<Alert>("The alert; it fires again when it is not over")
            .refuses(&[404, 409]),
        get("/api/rules", "What counts as wrong").answers::<RulesAnswer>("All rules"),
        operation("PUT", "/api/rules/{name}", "Changes a rule, or adds one")
            .in_path("name", "Its name")
            .body::<Rule>("application/json", "The rule; its name is that of the address")
            .answers::<ListedRule>("The rule, once it is kept")
            .refuses(&[413, 422]),
        operation("POST", "/api/rules/{name}/test", "What a rule would say of what is there now")
            .in_path("name", "Its name, of a rule that need not be there")
            .body::<Rule>("application/json", "The rule")
            .answers::<RuleTestAnswer>("Series that it looks at, and which are over a level")
            .refuses(&[422]),
        operation("DELETE", "/api/rules/{name}", "Resets a shipped rule, deletes another")
            .in_path("name", "Its name")
            .answers::<ListedRule>("The shipped rule; 204 when the rule is no more")
            .refuses(&[404]),
        get("/api/monitoring/system", "Host, models and connections in a few figures")
            .answers::<Fields>("As clients of the MLOps dashboard know it"),
        get("/api/monitoring/services", "How each part of the server is").answers::<Fields>(OBJECT),
        get("/api/monitoring/metrics", "Use of the host").answers::<Fields>(OBJECT),
        get("/api/monitoring/alerts", "Alerts, newest and worst first").answers::<Fields>(OBJECT),
        operation("POST", "/api/monitoring/alerts/acknowledge", "Somebody has seen an alert")
            .takes::<String>("alert_id", "Which, where there is no body")
            .takes::<String>("acknowledged_by", "For whom, where there is no body")
            .body::<Fields>("application/json", "`alert_id`, and for whom: `acknowledged_by`")
            .answers::<Fields>("The alert")
            .refuses(&[404, 409, 422]),
        get("/api/components/health", "How each component is").answers::<Fields>(OBJECT),
        get("/api/components/{name}/health", "How a component is")
            .in_path("name", "model_service, data_processor or websocket_server")
            .answers::<Fields>(OBJECT)
            .refuses(&[404]),
        get("/api/components/{name}/metrics", "Figures of a component")
            .in_path("name", "model_service, data_processor or websocket_server")
            .answers::<Fields>(OBJECT)
            .refuses(&[404]),
        get("/api/status", "How the server is, for the host monitor").answers::<Fields>(OBJECT),
        get("/api/health", "Whether the server works, for the host monitor")
            .answers::<Fields>(OBJECT),
        get("/api/system/overview", "This host in a few figures").answers::<Fields>(OBJECT),
        get("/api/system/summary", "The same as the overview").answers::<Fields>(OBJECT),
        get("/api/system/metrics", "All figures of this host").answers::<Fields>(OBJECT),
        get("/api/system/processes", "Processes, the busiest first").answers::<Fields>(OBJECT),
        get("/api/system/cpu", "Processor time").answers::<Fields>(OBJECT),
        get("/api/system/memory", "Memory and swap").answers::<Fields>(OBJECT),
        get("/api/system/disk", "Disks and file systems").answers::<Fields>(OBJECT),
        get("/api/system/network", "Interfaces and connections").answers::<Fields>(OBJECT),
        get("/health", "How each part is; for those who may not read, one word")
            .answers::<SystemHealth>("Also the connections and the uptime"),
        get("/healthz", "The program runs and answers").answers_in("text/plain", "`ok`"),
        get("/readyz", "Every part works, at least in part").answers_in("text/plain", "`ok`"),
        get("/metrics", "Ourselves, for Prometheus")
            .answers_in("application/openmetrics-text", "OpenMetrics 1.0"),
    ]
}
