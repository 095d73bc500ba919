//! TLS: the same server and the same sockets, encrypted; and certificates that are renewed.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

use crate::fixture::{Gateway, Reply, Socket};
use bellwether_gateway::{TlsFiles, websocket::SocketTiming};
use bellwether_hub::Priority;
use bellwether_signal::{Timestamp, Topic};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

type Sealed = StreamOwned<ClientConnection, TcpStream>;

/// A server with a certificate of its own, and a client that trusts it.
struct Scene {
    gateway: Gateway,
    files: TlsFiles,
    _folder: TempDir,
}

fn write_pair(files: &TlsFiles) {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    fs::write(&files.certificate, cert.pem()).unwrap();
    fs::write(&files.key, signing_key.serialize_pem()).unwrap();
}

impl Scene {
    fn start(timing: SocketTiming) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
        let files = TlsFiles { certificate, key };
        write_pair(&files);
        let gateway = Gateway::start_tls(files.clone(), timing);
        Self { gateway, files, _folder: folder }
    }

    /// A connection that trusts what is in the file now; nothing is said yet.
    fn connect(&self) -> Sealed {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&self.files.certificate).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        StreamOwned::new(client, self.gateway.connect())
    }

    fn request(&self, method: &str, path: &str, headers: &str) -> Reply {
        self.gateway.request_on(self.connect(), method, path, headers, "{}")
    }

    fn socket(&self, token: &str) -> Socket<Sealed> {
        let headers =
            format!("Authorization: Bearer {token}\r\nSec-WebSocket-Protocol: bellwether.v1\r\n");
        let (reply, socket) = self.gateway.shake_hands_on(self.connect(), "/ws", &headers);
        let mut socket = socket.unwrap_or_else(|| panic!("{reply:?}"));
        assert_eq!(socket.message()["op"], "welcome");
        socket
    }

    fn publish(&self, topic: &str, value: Value) {
        let Value::Object(value) = value else { unreachable!() };
        let topic = Topic::parse(topic).unwrap();
        self.gateway.hub.publish_state(&topic, value, Timestamp(1)).unwrap();
    }
}

#[test]
fn requests_are_answered_and_cookies_stay_encrypted() {
    let scene = Scene::start(SocketTiming::default());
    assert_eq!(scene.request("GET", "/healthz", "").status, 200);
    let signed_in = scene.request("GET", "/sign-in?code=link", "");
    let cookie = signed_in.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    for part in ["; secure", "; httponly", "; samesite=strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap();
    let own = scene.gateway.address;
    let change = |scheme: &str| {
        let headers = format!("Cookie: {cookie}\r\nOrigin: {scheme}://{own}\r\n");
        scene.request("PATCH", "/api/settings", &headers).status
    };
    assert_eq!((change("https"), change("http")), (200, 403));
}

#[test]
fn sockets_say_the_same_as_without() {
    let scene = Scene::start(SocketTiming::default());
    scene.publish("host/web-1/cpu", json!({"total_percent": 1, "load_1m": 2}));
    let mut socket = scene.socket("viewer");
    socket.say(r#"{"op":"subscribe","id":1,"topics":["host/**","app/**"],"interval_ms":0}"#);
    assert_eq!(socket.message(), json!({"op": "ok", "id": 1}));
    assert_eq!(socket.message()["full"], json!({"total_percent": 1, "load_1m": 2}));
    scene.publish("host/web-1/cpu", json!({"total_percent": 3, "load_1m": 2}));
    assert_eq!(socket.message()["patch"], json!({"total_percent": 3}));
    // Larger than what TLS keeps for a connection, in both directions.
    let large = "x".repeat(1_000_000);
    scene.publish("app/large", json!({ "v": large }));
    assert_eq!(socket.message()["full"]["v"], json!(large));
    let topic = Topic::parse("app/news").unwrap();
    for n in 0..200 {
        scene.gateway.hub.publish_event(&topic, json!(n), Timestamp(1), Priority::Normal).unwrap();
    }
    for n in 0..200 {
        assert_eq!(socket.message()["data"], n);
    }
    let long = "y".repeat(60_000);
    socket.say(&format!(r#"{{"op":"subscribe","id":2,"topics":["{long}"]}}"#));
    assert_eq!(socket.message()["code"], "bad_topic");
    // Many messages in one TLS record, read by one look at the socket.
    for ts in 0..50 {
        socket.say(&format!(r#"{{"op":"ping","ts":{ts}}}"#));
    }
    for ts in 0..50 {
        assert_eq!(socket.message(), json!({"op": "pong", "ts": ts}));
    }
}

/// What is said together with the handshake lies in TLS already when the thread takes the socket.
#[test]
fn a_client_that_speaks_at_once_is_heard() {
    let scene = Scene::start(SocketTiming::default());
    scene.publish("host/web-1/cpu", json!({"total_percent": 1}));
    let headers = "Authorization: Bearer viewer\r\nSec-WebSocket-Protocol: bellwether.v1\r\n";
    for _ in 0..50 {
        let (_, socket) = scene.gateway.shake_hands_on(scene.connect(), "/ws", headers);
        let mut socket = socket.unwrap();
        socket.say(r#"{"op":"subscribe","id":1,"topics":["host/*/cpu"]}"#);
        assert_eq!(socket.message()["op"], "welcome");
        assert_eq!(socket.message(), json!({"op": "ok", "id": 1}));
        assert_eq!(socket.message()["full"], json!({"total_percent": 1}));
    }
}

#[test]
fn sockets_end_as_without() {
    let scene = Scene::start(SocketTiming::default());
    let wish = r#"{"role":"viewer","name":"dash"}"#;
    let admin = "Authorization: Bearer admin\r\n";
    let made = scene.gateway.request_on(scene.connect(), "POST", "/api/tokens", admin, wish).json();
    let mut revoked = scene.socket(made["secret"].as_str().unwrap());
    let mut stays = scene.socket("viewer");
    let path = format!("/api/tokens/{}", made["id"].as_str().unwrap());
    assert_eq!(scene.request("DELETE", &path, admin).status, 204);
    assert_eq!(revoked.close(), (4401, "the token was revoked".to_owned()));
    assert!(revoked.next().is_none(), "TLS and TCP are closed after it");
    scene.gateway.stop();
    assert_eq!(stays.close_code(), 1001);
}

#[test]
fn a_client_that_never_reads_is_cut_and_delays_nobody() {
    let timing = SocketTiming {
        round: Duration::from_millis(20),
        stuck_after: Duration::from_millis(300),
        ..SocketTiming::default()
    };
    let scene = Scene::start(timing);
    let mut stuck = scene.socket("viewer");
    stuck.say(r#"{"op":"subscribe","id":1,"topics":["app/**"],"interval_ms":0}"#);
    let mut reader = scene.socket("viewer");
    reader.say(r#"{"op":"subscribe","id":1,"topics":["app/small"],"interval_ms":0}"#);
    assert_eq!(reader.message()["op"], "ok");
    scene.gateway.wait_for("both subscriptions", |gateway| gateway.hub.counts().1 == 2);
    let large = "x".repeat(200_000);
    for round in 0..200 {
        let value = json!({"v": format!("{round}{large}")});
        scene.publish(&format!("app/large/{}", round % 20), value);
        scene.publish("app/small", json!({"v": round}));
        let value = reader.message();
        let newest = value.get("full").or(value.get("patch")).unwrap()["v"].clone();
        assert_eq!(newest, json!(round), "the reader gets each one while the other is stuck");
    }
    scene.gateway.wait_for("the cut", |gateway| gateway.counts.totals().dropped == 1);
    drop(stuck);
}

#[test]
fn who_does_not_speak_tls_is_told_and_delays_nobody() {
    let scene = Scene::start(SocketTiming::default());
    let silent = scene.gateway.connect();
    let mut plain = scene.gateway.connect();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut reply = String::new();
    let _read = plain.read_to_string(&mut reply); // it may end by a reset, with unread bytes left
    assert!(reply.starts_with("HTTP/1.1 400") && reply.contains("https://"), "{reply}");
    let mut broken = scene.gateway.connect();
    broken.write_all(b"\x16\x03\x01\x00\x05hello").unwrap();
    let mut rest = Vec::new();
    let _read = broken.read_to_end(&mut rest);
    assert_eq!(scene.request("GET", "/healthz", "").status, 200);
    drop(silent);
}

#[test]
fn a_renewed_certificate_is_used_without_a_restart() {
    let scene = Scene::start(SocketTiming::default());
    let mut old = scene.socket("viewer");
    write_pair(&scene.files);
    // The client trusts only the new one: until it is used, no handshake succeeds.
    scene.gateway.wait_for("the renewed certificate", |_| {
        let mut stream = scene.connect();
        let asked =
            write!(stream, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut reply = String::new();
        asked.is_ok() && stream.read_to_string(&mut reply).is_ok() && reply.contains("200 OK")
    });
    old.say(r#"{"op":"ping","ts":1}"#);
    assert_eq!(old.message()["op"], "pong", "connections that are open live on");
}
