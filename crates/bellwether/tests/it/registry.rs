//! Versions of models over a restart of the real program (M4), brought in as files of `bellwether train`.

use crate::{
    asked::{model_of, rows, send},
    program::Program,
};
use serde_json::json;
use tempfile::tempdir;

#[test]
fn m4_what_is_deployed_and_what_was_done_survive_a_kill() {
    let data = tempdir().unwrap();
    let start = || Program::start(data.path(), &["--anonymous", "admin"]);
    let program = start();
    for count in [80, 81, 82] {
        let file = model_of(&rows(count));
        let (status, entry) = send(&program, "POST", "/api/models/import?name=churn", &file);
        assert_eq!(status, 201, "{entry}");
    }
    for id in ["churn-v1", "churn-v2", "churn-v3"] {
        let (status, told) = send(&program, "POST", &format!("/api/models/{id}/deploy"), b"");
        assert_eq!(status, 200, "{told}");
    }
    let (status, told) = send(&program, "POST", "/api/models/churn/rollback", b"");
    assert_eq!((status, &told["model_id"]), (200, &json!("churn-v2")));
    let alias = "/api/models/churn/aliases/candidate";
    assert_eq!(send(&program, "PUT", alias, br#"{"model_id":"churn-v3"}"#).0, 204);
    let routing = br#"{"shadow":"churn-v3","split":{"model_id":"churn-v1","share":0.2}}"#;
    assert_eq!(send(&program, "PUT", "/api/models/churn/routing", routing).0, 200);
    let settings = br#"{"accuracy_warning":0.95}"#;
    assert_eq!(send(&program, "PATCH", "/api/models/churn/settings", settings).0, 200);
    let (before, history) =
        (program.json("/api/models/churn"), program.json("/api/models/churn/history"));
    program.signal("KILL");
    program.ended();

    let program = start();
    assert_eq!(program.json("/api/models/churn"), before);
    assert_eq!(program.json("/api/models/churn/history"), history);
    assert_eq!(before["model_id"], "churn-v2");
    assert_eq!(before["routing"]["split"], json!({"model_id": "churn-v1", "share": 0.2}));
    assert_eq!(before["settings"]["accuracy_warning"], 0.95);
    assert_eq!(program.json("/api/models/churn@candidate")["model_id"], "churn-v3");
    assert_eq!(history["changes"][0]["kind"], "settings");
    // What was in production before is still known, and its file still good.
    let (status, told) = send(&program, "POST", "/api/models/churn/rollback", b"");
    assert_eq!((status, &told["model_id"]), (200, &json!("churn-v1")));
    // A card of a file that is read anew.
    let card = program.json("/api/models/churn-v3/card");
    assert_eq!((&card["rows"], &card["target"]["kind"]), (&json!(82), &json!("binary")));
    assert!(!card["limits"].as_array().unwrap().is_empty(), "{card}");
}
