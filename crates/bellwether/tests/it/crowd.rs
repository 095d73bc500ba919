//! A crowd before a program that may open few files: it serves those that ask, and never runs out.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
};

use crate::program::{Program, serve};
use tempfile::tempdir;

/// Descriptors that the program may have.
const DESCRIPTORS: u32 = 256;

fn few_descriptors(command: &Command) -> Command {
    let mut limited = Command::new("sh");
    let script = format!("ulimit -n {DESCRIPTORS}; exec \"$0\" \"$@\"");
    limited.args(["-c", &script]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

/// The status of a handshake, and its connection.
fn shake_hands(program: &Program) -> (String, TcpStream) {
    let mut stream = program.connect();
    write!(
        stream,
        "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: bellwether.v1\r\n\r\n",
        program.address
    )
    .unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    (String::from_utf8_lossy(&status).into_owned(), stream)
}

#[test]
fn limits_fit_the_descriptors_that_there_are() {
    let data = tempdir().unwrap();
    let command = serve(data.path(), &["--anonymous", "viewer"]);
    let mut program = Program::spawn(few_descriptors(&command), false);
    let idle: Vec<TcpStream> = (0..300).map(|_| program.connect()).collect();
    for _ in 0..10 {
        assert_eq!(program.get("/healthz", "").0, 200, "those that ask are served");
    }
    let mut sockets = Vec::new();
    loop {
        let (status, socket) = shake_hands(&program);
        sockets.push(socket);
        if status != "HTTP/1.1 101" {
            assert_eq!(status, "HTTP/1.1 503");
            break;
        }
        assert!(sockets.len() < DESCRIPTORS as usize, "there is no limit");
    }
    assert!(sockets.len() > 20, "only {} sockets", sockets.len());
    assert_eq!(program.get("/healthz", "").0, 200);
    let cpu = "/api/topics?topics=system/metrics";
    let own = program.wait_for(cpu, |it| it["envelopes"][0]["full"]["process"].is_object());
    let open = own["envelopes"][0]["full"]["process"]["open_files"].as_f64().unwrap();
    assert!(open < f64::from(DESCRIPTORS), "{open} files are open");
    drop((idle, sockets));
    program.signal("TERM");
    let said = program.messages();
    assert!(!said.contains("not accepted"), "it ran out of descriptors: {said}");
    assert!(said.contains("raise 'ulimit -n'"), "{said}");
}
