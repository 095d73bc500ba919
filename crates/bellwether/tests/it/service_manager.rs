//! What a service manager is told (`sd_notify`), and the unit that it is given.

use std::{
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixDatagram},
    },
    path::Path,
    process::Command,
    time::Duration,
};

use crate::program::{Program, serve};
use tempfile::tempdir;

fn heard(socket: &UnixDatagram) -> String {
    let mut text = [0; 512];
    let length = socket.recv(&mut text).unwrap();
    String::from_utf8(text[..length].to_vec()).unwrap()
}

fn tells(socket: &UnixDatagram, name: &str) {
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let data = tempdir().unwrap();
    let mut command = serve(data.path(), &[]);
    command.env("NOTIFY_SOCKET", name).env("WATCHDOG_USEC", "300000");
    let program = Program::spawn(command, true);
    let ready = heard(socket);
    assert!(ready.starts_with("READY=1\nSTATUS=listening on "), "{ready}");
    assert!(ready.ends_with(&program.address), "{ready}");
    for _ in 0..3 {
        assert_eq!(heard(socket), "WATCHDOG=1");
    }
    program.signal("TERM");
    let mut last = heard(socket);
    while last == "WATCHDOG=1" {
        last = heard(socket);
    }
    assert!(last.starts_with("STOPPING=1"), "{last}");
    assert_eq!(program.ended(), Some(0));
}

#[test]
fn the_service_manager_hears_ready_alive_and_stopping() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("notify");
    tells(&UnixDatagram::bind(&path).unwrap(), path.to_str().unwrap());
}

#[test]
fn names_without_a_file_are_understood() {
    let name = format!("bellwether-test-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    tells(&UnixDatagram::bind_addr(&address).unwrap(), &format!("@{name}"));
}

#[test]
fn another_process_s_watchdog_is_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut command = serve(folder.path(), &[]);
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "1000").env("WATCHDOG_PID", "1");
    let program = Program::spawn(command, true);
    assert!(heard(&socket).starts_with("READY=1"));
    program.signal("TERM");
    assert!(heard(&socket).starts_with("STOPPING=1"), "nothing came between");
}

#[test]
fn a_service_manager_that_is_gone_stops_nobody() {
    let folder = tempdir().unwrap();
    let mut command = serve(folder.path(), &[]);
    command.env("NOTIFY_SOCKET", folder.path().join("nobody"));
    let program = Program::spawn(command, true);
    assert_eq!(program.get("/healthz", "").0, 200);
}

/// systemd reads the unit as we meant it. It looks for the program, so it is given ours.
#[test]
fn the_unit_is_valid() {
    let unit =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/systemd/bellwether.service");
    let text = std::fs::read_to_string(unit).unwrap();
    for line in ["Type=notify", "DynamicUser=yes", "StateDirectory=bellwether", "WatchdogSec="] {
        assert!(text.lines().any(|it| it.starts_with(line)), "{line}");
    }
    let folder = tempdir().unwrap();
    let copy = folder.path().join("bellwether.service");
    let program = env!("CARGO_BIN_EXE_bellwether");
    std::fs::write(&copy, text.replace("/usr/local/bin/bellwether", program)).unwrap();
    let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&copy).output();
    let Ok(verified) = verified else { return }; // there is no systemd here
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("bellwether.service")).collect();
    assert!(verified.status.success() && ours.is_empty(), "{said}");
}
