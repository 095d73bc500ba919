//! The whole way, from this machine's kernel to an answer: live values, history, restarts.

use crate::program::Program;
use serde_json::{Value, json};
use tempfile::tempdir;

fn own_host(program: &Program) -> String {
    program.json("/api/session")["host"].as_str().unwrap().to_owned()
}

fn value(topics: &Value) -> &Value {
    &topics["envelopes"][0]["full"]
}

#[test]
fn the_kernels_figures_arrive() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "admin", "--name", "Web 1"]);
    assert_eq!(own_host(&program), "web-1");
    let cpu = program.wait_for("/api/topics?topics=host/web-1/cpu", |topics| {
        value(topics)["total_percent"].is_number()
    });
    let cores = value(&cpu)["cores"].as_object().unwrap().len();
    assert_eq!(cores, std::thread::available_parallelism().unwrap().get());

    let memory = program.wait_for("/api/system/memory", |memory| memory["total_mb"].is_number());
    let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap();
    let kib: f64 = meminfo.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!((memory["total_mb"].as_f64().unwrap() - kib / 1024.0).abs() < 1.0);

    let own_id: Value = program.id().parse::<u32>().unwrap().into();
    let processes = program.wait_for("/api/system/processes", |answer| {
        answer["processes"].as_array().unwrap().iter().any(|process| process["pid"] == own_id)
    });
    let processes = processes["processes"].as_array().unwrap();
    let own = processes.iter().find(|process| process["pid"] == own_id).unwrap();
    assert_eq!(own["name"], "bellwether");
    assert!(own["command_line"].as_str().unwrap().contains("serve"));

    for name in ["disks", "network", "summary"] {
        program.wait_for(&format!("/api/topics?topics=host/web-1/{name}"), |topics| {
            value(topics).is_object()
        });
    }
    let overview = program.json("/api/system/overview");
    assert_eq!(overview["monitoring_available"], true);
    assert!(overview["explanation"].as_str().unwrap().starts_with("CPU is at "));
    for path in ["cpu", "disk", "network", "metrics", "summary"] {
        assert!(program.json(&format!("/api/system/{path}"))["timestamp"].is_number(), "{path}");
    }
    assert_eq!(program.json("/api/status")["system_health"], "healthy");
    let own = program.wait_for("/api/topics?topics=system/metrics", |topics| {
        value(topics)["process"]["memory_bytes"].is_number()
    });
    assert_eq!(value(&own)["collectors"]["cpu"]["state"], "working");
    let (_, metrics) = program.get("/metrics", "");
    assert!(metrics.contains("bellwether_collector_round_seconds{collector=\"cpu\"}"), "{metrics}");
    assert!(metrics.trim_end().ends_with("# EOF"));
}

#[test]
fn the_dashboard_asks_for_nothing_that_is_not_there() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "viewer"]);
    program.wait_for("/api/topics?topics=system/metrics", |topics| {
        // The second look at ourselves tells rates.
        value(topics)["process"]["cpu_percent"].is_number()
    });
    let (_, metrics) = program.get("/metrics", "");
    let offered = |name: &str| {
        let of_it =
            |line: &str| line.strip_prefix(name).is_some_and(|it| it.starts_with(['{', ' ']));
        metrics.lines().any(of_it)
    };
    let dashboard = include_str!("../../../../deploy/grafana/bellwether.json");
    let dashboard: Value = serde_json::from_str(dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let mut asked = 0;
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let title = panel["title"].as_str().unwrap();
        assert!(panel["description"].as_str().is_some_and(|text| text.len() > 10), "{title}");
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            for name in words.filter(|word| word.starts_with("bellwether_")) {
                assert!(offered(name), "{title} asks for {name}, which is not in {metrics}");
                asked += 1;
            }
        }
    }
    assert!(asked >= 30, "{asked}");
    let variables = dashboard["templating"]["list"].to_string();
    assert!(variables.contains("label_values(bellwether_push_connections, instance)"));
}

#[test]
fn viewers_see_no_command_lines() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "viewer"]);
    let answer = program.wait_for("/api/system/processes", |answer| answer["count"] != 0);
    for process in answer["processes"].as_array().unwrap() {
        assert_eq!(process["command_line"], Value::Null);
    }
}

#[test]
fn history_outlives_a_kill() {
    let data = tempdir().unwrap();
    let series = |program: &Program, host: &str| {
        let names = format!("/api/series?names=host/{host}/cpu/total_percent");
        program
            .wait_for(&names, |answer| answer["series"][0]["at_ms"].as_array().unwrap().len() >= 3)
            ["series"][0]
            .clone()
    };
    let program = Program::start(data.path(), &["--anonymous", "viewer"]);
    let host = own_host(&program);
    let before = series(&program, &host);
    drop(program); // SIGKILL
    let program = Program::start(data.path(), &["--anonymous", "viewer"]);
    let after = series(&program, &host);
    let (before, after) = (before["at_ms"].as_array().unwrap(), after["at_ms"].as_array().unwrap());
    assert_eq!(before.as_slice(), &after[..before.len()], "what was shown is still there");
    let times: Vec<i64> = after.iter().map(|at| at.as_i64().unwrap()).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "nothing twice: {times:?}");
}

#[test]
fn the_link_signs_in_and_the_session_outlives_a_restart() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &[]);
    assert_eq!(program.get("/api/session", "").0, 401);
    let link = program.link.clone().unwrap();
    let path = link.split_once(&program.address).unwrap().1.to_owned();
    let (status, reply) = program.get(&path, "");
    assert_eq!(status, 303, "{reply}");
    let cookie = reply.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    assert_eq!(program.get("/api/session", &cookie).0, 200);
    assert!(program.get(&path, "").1.contains("/sign-in?failed=link"), "it works once");
    let address = program.address.clone();
    drop(program);
    let program = Program::start(data.path(), &["--listen", &address]);
    assert_eq!(program.get("/api/session", &cookie).0, 200);
}

#[test]
fn settings_survive_a_kill() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    let (status, reply) = program.change_settings(r#"{"theme":"dark"}"#).unwrap();
    assert_eq!(status, 200, "{reply}");
    drop(program); // SIGKILL, right after the answer
    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    assert_eq!(program.json("/api/settings"), json!({"theme": "dark"}));
}
