//! The Socket.IO dialect, packet by packet over real connections: what the host monitor's clients are
//! told, and what bad packets and bad visitors get. The official client drives the whole program in
//! clients/ts/server-test.

use std::{
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use crate::fixture::{Gateway, golden};
use crate::host_monitor::{
    POLLING, Poller, WEBSOCKET, alert, event_of, publish, publish_gpu, publish_host, socket, text,
};
use bellwether_gateway::{ServerLimits, websocket::SocketTiming};
use bellwether_hub::Limits;
use serde_json::{Value, json};

/// Fields of the payloads that differ from run to run.
const CHANGING: &[&str] = &["timestamp", "uptime_seconds"];

#[test]
fn the_status_comes_first_and_then_updates_under_all_names() {
    let gateway = Gateway::start();
    publish_host(&gateway);
    let mut poller = Poller::joined(&gateway);
    let (name, initial) = poller.event();
    assert_eq!(name, "system:initial_status");
    assert!(initial["timestamp"].as_i64().unwrap() > 1_600_000_000_000, "milliseconds");
    golden::check("socketio/initial_status", &initial, CHANGING);
    let (name, update) = poller.event();
    assert_eq!(name, "system:metrics_update");
    golden::check("socketio/metrics_update", &update, CHANGING);
    for older in [
        "gpu:update",
        "gpu_status_update",
        "system:gpu_update",
        "system:update",
        "system:system_update",
        "system:process_update",
    ] {
        let (name, payload) = poller.event();
        assert_eq!(name, older);
        golden::check(&format!("socketio/{}", older.replace(':', "_")), &payload, CHANGING);
    }
    let (name, stats) = poller.event();
    assert_eq!(name, "system:monitoring_stats");
    golden::check("socketio/monitoring_stats", &stats, CHANGING);
}

#[test]
fn a_graphics_processor_is_told_under_both_generations_of_names() {
    let gateway = Gateway::start();
    publish_host(&gateway);
    publish_gpu(&gateway);
    let mut poller = Poller::joined(&gateway);
    let initial = poller.event_named("system:initial_status");
    assert_eq!(initial["gpu"]["monitoring_available"], true);
    let update = poller.event_named("system:metrics_update");
    golden::check("socketio/metrics_update_with_gpu", &update["gpu"], CHANGING);
}

#[test]
fn alerts_come_at_once_and_to_who_comes_later() {
    let gateway = Gateway::start();
    publish_host(&gateway);
    let mut first = Poller::joined(&gateway);
    first.event_named("system:metrics_update");
    publish(&gateway, "alert/1", alert("1", "gpu_usage", "info", "firing"));
    let alone = first.event_named("system:alerts");
    assert_eq!((&alone["count"], &alone["type"]), (&json!(1), &json!("warning")));
    first.event_named("high_gpu_usage_alert");
    publish(&gateway, "alert/2", alert("2", "suspected_miner", "critical", "firing"));
    publish(&gateway, "alert/3", alert("3", "cpu_usage", "warning", "pending"));
    publish(
        &gateway,
        "alert/4",
        json!({"subject": "model/churn-v3", "id": "4", "rule": "model_accuracy",
            "state": "firing", "severity": "critical", "title": "x", "text": "x",
            "since_at_ms": 1, "acknowledged": false, "silenced": false}),
    );
    let both = first.event_named("system:alerts");
    golden::check("socketio/alerts", &both, CHANGING);
    assert_eq!(first.event_named("alerts:new"), both);
    let mut later = Poller::joined(&gateway);
    assert_eq!(later.event().0, "system:initial_status");
    assert_eq!(later.event().1["count"], 2, "what fires already");
}

#[test]
fn requests_are_answered_at_once() {
    let gateway = Gateway::start();
    let mut socket = socket(&gateway);
    socket.say(r#"42["request_gpu_update"]"#);
    let (name, update) = event_of(&text(&mut socket).unwrap()).unwrap();
    assert_eq!((name.as_str(), &update["urgency"]), ("system:metrics_update", &json!("critical")));
    assert_eq!(update["gpu"]["available"], false, "none is known: {update}");
    socket.say(r#"42["request_monitoring_stats"]"#);
    let (name, stats) = event_of(&text(&mut socket).unwrap()).unwrap();
    assert_eq!(name, "system:monitoring_stats");
    assert_eq!(stats["connected_clients"], 1);
    socket.say(r#"42["unknown",{"a":1}]"#);
    socket.say(r#"42["request_monitoring_stats"]"#);
    assert!(text(&mut socket).unwrap().contains("monitoring_stats"), "unknown ones are ignored");
}

#[test]
fn a_busy_processor_is_told_every_second() {
    let gateway = Gateway::start();
    let mut socket = socket(&gateway);
    let began = bellwether_sys::clock::now().monotonic;
    let mut updates = 0;
    while updates < 3 {
        publish(&gateway, "host/web-1/cpu", json!({"total_percent": 95.5, "cores": {}}));
        let Some((name, update)) = event_of(&text(&mut socket).unwrap()) else { continue };
        if name == "system:metrics_update" {
            assert_eq!(update["urgency"], "critical");
            updates += 1;
        }
    }
    let took = bellwether_sys::clock::now().monotonic.saturating_sub(began);
    assert!(took >= Duration::from_millis(1_900), "{took:?}");
}

#[test]
fn bad_packets_of_who_polls_get_an_error_or_the_end() {
    // A poll with nothing to say ends with a heartbeat: soon, here.
    let timing = SocketTiming { ping_after: Duration::from_secs(1), ..SocketTiming::default() };
    let gateway = Gateway::start_with(None, timing, Limits::default());
    let viewer = "Authorization: Bearer viewer\r\n";
    // The request itself.
    for (path, code) in [
        ("/socket.io/", "0"),
        ("/socket.io/?EIO=3&transport=polling", "5"),
        ("/socket.io/?EIO=x&transport=polling", "5"),
        ("/socket.io/?EIO=4&transport=pigeon", "0"),
        ("/socket.io/?EIO=4&transport=polling&sid=none", "1"),
        ("/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAAAA", "1"),
    ] {
        let reply = gateway.request("GET", path, viewer, "");
        assert_eq!(reply.status, 400, "{path}: {reply:?}");
        assert_eq!(reply.json()["code"], code, "{path}: {reply:?}");
    }
    assert_eq!(gateway.request("POST", POLLING, viewer, "40").status, 400);
    gateway.request("GET", WEBSOCKET, viewer, "").is_problem(426, "handshake");
    // Packets of Engine.IO, of Socket.IO, and their JSON.
    let bodies = [
        "",
        "x",
        "9",
        "\u{1e}",
        "40\u{1e}\u{1e}",
        "bnot base64!",
        "0{}",
        "6",
        "4",
        "49",
        "4x",
        "42",
        "42{",
        "42[",
        "42[]",
        "42[1]",
        "42{\"a\":1}",
        "42[\"request_gpu_update\"",
        "45",
        "451-[\"a\"]",
        "45999999999-[\"a\",{\"_placeholder\":true,\"num\":0}]",
        "46-[]",
        "44",
        "43",
        "43x[]",
        "42/none,[\"a\"]",
        "40/none,{}",
        "40{",
        "41/none,",
        "\u{0}",
    ];
    for body in bodies {
        let mut poller = Poller::joined(&gateway);
        assert_eq!(poller.event().0, "system:initial_status");
        let reply = poller.post(body);
        assert!([200, 400, 413].contains(&reply.status), "{body:?}: {reply:?}");
        // The session goes on, or it has ended: nothing in between, and no answer is lost for good.
        let next = poller.post("42[\"request_monitoring_stats\"]");
        if next.status == 200 {
            let after = poller.poll();
            assert!([200, 400].contains(&after.status), "{body:?}: {after:?}");
        } else {
            assert_eq!(next.status, 400, "{body:?}: {next:?}");
        }
    }
    let too_large =
        Poller::joined(&gateway).post(&format!("42[\"a\",\"{}\"]", "x".repeat(200_000)));
    assert!([400, 413].contains(&too_large.status), "{too_large:?}");
    // Nothing of that has hurt anybody else.
    let mut poller = Poller::joined(&gateway);
    assert_eq!(poller.event().0, "system:initial_status");
}

#[test]
fn bad_packets_on_a_websocket_end_it_or_are_ignored() {
    let gateway = Gateway::start();
    let frames: [(u8, &[u8]); 16] = [
        (0x81, b""),
        (0x81, b"x"),
        (0x81, b"0{}"),
        (0x81, b"42["),
        (0x81, b"42[]"),
        (0x81, b"42{\"a\":1}"),
        (0x81, b"44"),
        (0x81, b"451-[\"a\",{\"_placeholder\":true,\"num\":0}]"),
        (0x81, b"\xff\xfe"),
        (0x82, b"binary without its packet"),
        (0x83, b"a reserved opcode"),
        (0xF1, b"reserved bits"),
        (0x80, b"a continuation of nothing"),
        (0x01, b"42[\"request_"),
        (0x89, b"ping"),
        (0x88, b"\x03"),
    ];
    for (first, payload) in frames {
        let mut socket = socket(&gateway);
        socket.frame(first, payload);
        socket.frame(0x81, b"42[\"request_monitoring_stats\"]");
        // An answer, a close frame or the end of the connection: never silence.
        let mut answered = false;
        while let Some((first, payload)) = socket.next() {
            if first == 0x88 || payload.starts_with(b"42[\"system:monitoring_stats\"") {
                answered = true;
                break;
            }
        }
        gateway.wait_for("the session's end, or an answer", |gateway| {
            answered || gateway.counts.totals().connections == 0
        });
        drop(socket);
        gateway.wait_for("nobody", |gateway| gateway.counts.totals().connections == 0);
    }
    socket(&gateway);
}

#[test]
fn who_may_not_is_told_why() {
    let gateway = Gateway::start();
    let ask = |path: &str, headers: &str| gateway.request("GET", path, headers, "");
    ask(POLLING, "").is_problem(401, "token");
    ask(POLLING, "Authorization: Bearer wrong\r\n").is_problem(401, "unknown");
    ask(POLLING, "Authorization: Bearer publisher\r\n").is_problem(403, "may not read");
    assert_eq!(ask(&format!("{POLLING}&token=viewer"), "").status, 200);
    let viewer = "Authorization: Bearer viewer\r\n";
    let elsewhere = format!("{viewer}Origin: https://evil.example\r\n");
    ask(POLLING, &elsewhere).is_problem(403, "evil.example");
    let allowed = ask(POLLING, &format!("{viewer}Origin: https://dash.example\r\n"));
    assert_eq!(allowed.status, 200);
    assert!(allowed.head.contains("access-control-allow-origin: https://dash.example"));
    assert!(gateway.shake_hands(WEBSOCKET, &elsewhere).1.is_none());
    // A session of one is of no use without a token.
    let poller = Poller::joined(&gateway);
    ask(&poller.path, "").is_problem(401, "token");
}

#[test]
fn a_signed_in_browser_needs_no_token() {
    let gateway = Gateway::start();
    let signed_in = gateway.request("GET", "/sign-in?code=link", "", "");
    let cookie = signed_in.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.unwrap().split(';').next().unwrap();
    let ours = format!("Cookie: {cookie}\r\nOrigin: http://{}\r\n", gateway.address);
    let open = gateway.request("GET", POLLING, &ours, "");
    let sid =
        serde_json::from_str::<Value>(open.body.strip_prefix('0').unwrap()).unwrap()["sid"].clone();
    let path = format!("{POLLING}&sid={}", sid.as_str().unwrap());
    assert_eq!(gateway.request("POST", &path, &ours, "40").body, "ok");
    assert!(gateway.request("GET", &path, &ours, "").body.contains("40{"));
    let (_, socket) = gateway.shake_hands(WEBSOCKET, &ours);
    assert!(text(&mut socket.unwrap()).unwrap().starts_with('0'));
    let foreign = format!("Cookie: {cookie}\r\nOrigin: https://evil.example\r\n");
    gateway.request("POST", &path, &foreign, "40").is_problem(403, "evil.example");
}

/// Damaged packets, in frames and in bodies, from a seed: sessions may end, nothing may panic.
#[test]
fn random_packets_hurt_nobody() {
    const GOOD: [&str; 9] = [
        "40",
        "40{\"token\":\"x\"}",
        "41",
        "42[\"request_gpu_update\"]",
        "421[\"a\",{\"b\":[1,2]}]",
        "43 1[\"a\"]",
        "451-[\"a\",{\"_placeholder\":true,\"num\":0}]",
        "3",
        "bAQID",
    ];
    const AWKWARD: &[u8] = b"[]{}\",-/0149\x1eb\0";
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        // The server's threads have no name in these tests; a test has its own.
        if thread::current().name().is_none() {
            PANICS.fetch_add(1, Ordering::Relaxed);
        }
        usual(panic);
    }));
    let seed = bellwether_sys::clock::now().wall.0.unsigned_abs();
    println!("seed {seed}");
    let mut state = seed;
    let mut below = |end: usize| {
        // Knuth's linear congruential generator (MMIX); the high bits are the good ones.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % end
    };
    let gateway = Gateway::start();
    for _ in 0..60 {
        let mut packets = Vec::new();
        for _ in 0..10 {
            let mut packet = GOOD[below(GOOD.len())].as_bytes().to_vec();
            for _ in 0..=below(3) {
                let at = below(packet.len());
                match below(4) {
                    0 => packet[at] = u8::try_from(below(256)).unwrap(),
                    1 => packet.truncate(at.max(1)),
                    2 => packet.insert(at, AWKWARD[below(AWKWARD.len())]),
                    _ => packet.extend_from_within(at..),
                }
            }
            packets.push(packet);
        }
        let mut polls = Poller::joined(&gateway);
        assert_eq!(polls.event().0, "system:initial_status");
        let body = packets.join(&0x1E);
        let status = polls.post(&String::from_utf8_lossy(&body)).status;
        assert!([200, 400].contains(&status), "seed {seed}: {status}");
        let mut speaks = socket(&gateway);
        for packet in &packets {
            let first = [0x81, 0x81, 0x81, 0x82][below(4)];
            if !speaks.try_frame(first, packet) {
                break; // it has ended
            }
        }
    }
    let mut after = Poller::joined(&gateway);
    assert_eq!(after.event().0, "system:initial_status");
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "seed {seed}");
}

#[test]
fn a_revoked_token_ends_its_sessions() {
    let gateway = Gateway::start();
    let mut socket = socket(&gateway);
    let mut poller = Poller::joined(&gateway);
    assert_eq!(poller.event().0, "system:initial_status");
    let admin = "Authorization: Bearer admin\r\n";
    assert_eq!(gateway.request("DELETE", "/api/tokens/id-viewer", admin, "").status, 204);
    while let Some((first, payload)) = socket.next() {
        if first == 0x81 {
            assert!(!payload.starts_with(b"42"), "nothing more is told");
        }
    }
    poller.poll().is_problem(401, "revoked");
    publish_host(&gateway);
}

#[test]
fn sessions_count_as_sockets_and_have_a_limit() {
    let room = ServerLimits { sockets: 2, ..ServerLimits::default() };
    let gateway = Gateway::start_within(None, SocketTiming::default(), Limits::default(), room);
    let polls = Poller::open(&gateway);
    let sits = socket(&gateway);
    assert_eq!(gateway.counts.totals().connections, 2);
    gateway.get(POLLING, "viewer").is_problem(503, "2 sockets");
    let (reply, none) = gateway.shake_hands(WEBSOCKET, "Authorization: Bearer viewer\r\n");
    assert!(none.is_none() && reply.status == 503, "{reply:?}");
    drop(sits);
    gateway.wait_for("room", |gateway| gateway.counts.totals().connections == 1);
    assert_eq!(polls.post("1").status, 200, "a client's goodbye");
    gateway.wait_for("nobody", |gateway| gateway.counts.totals().connections == 0);
}

#[test]
fn who_says_too_much_has_to_go() {
    let gateway = Gateway::start();
    let mut socket = socket(&gateway);
    for _ in 0..100 {
        socket.say(r#"42["chatter"]"#);
    }
    while socket.next().is_some() {}
    gateway.wait_for("its end", |gateway| gateway.counts.totals().connections == 0);
    assert!(gateway.counts.totals().dropped >= 1);
}

#[test]
fn who_takes_nothing_is_cut_and_delays_nobody() {
    let timing = SocketTiming { stuck_after: Duration::from_secs(2), ..SocketTiming::default() };
    let gateway = Gateway::start_with(None, timing, Limits::default());
    let filesystem = json!({
        "device": "/dev/sda1", "kind": "ext4", "total_bytes": 1, "used_bytes": 1,
        "available_bytes": 0, "used_percent": 1, "read_only": false,
    });
    let many: serde_json::Map<String, Value> =
        (0..1_000).map(|n| (format!("/srv/{n}"), filesystem.clone())).collect();
    publish(&gateway, "host/web-1/disks", json!({ "devices": {}, "filesystems": many }));
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 95.5, "cores": {}}));
    let mut stuck = socket(&gateway);
    for _ in 0..40 {
        stuck.say(r#"42["request_gpu_update"]"#); // 70 KB each, and nobody reads them
    }
    let mut reads = socket(&gateway);
    let mut seen = 0;
    while gateway.counts.totals().connections > 1 {
        publish(&gateway, "host/web-1/cpu", json!({"total_percent": 95.5, "cores": {}}));
        seen += usize::from(text(&mut reads).unwrap().contains("metrics_update"));
    }
    assert!(seen >= 2, "{seen}");
    assert_eq!(gateway.counts.totals().dropped, 1);
}

#[test]
fn the_end_of_the_server_is_told() {
    let gateway = Gateway::start();
    let mut socket = socket(&gateway);
    let mut poller = Poller::joined(&gateway);
    assert_eq!(poller.event().0, "system:initial_status");
    let silent = Poller::open(&gateway);
    gateway.stop();
    let mut heard = Vec::new();
    while let Some((_, payload)) = socket.next() {
        heard.push(String::from_utf8_lossy(&payload).into_owned());
    }
    assert!(heard.iter().any(|packet| packet == "1"), "{heard:?}");
    drop((silent, socket));
    let began = bellwether_sys::clock::now().monotonic;
    gateway.ended();
    let took = bellwether_sys::clock::now().monotonic.saturating_sub(began);
    assert!(took < Duration::from_secs(20), "{took:?}");
}
