//! TLS on the command line: what is wrong with certificate and key is said at start.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use crate::program::{command, complaint, run, serve};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::tempdir;

#[test]
fn wrong_files_end_it_with_their_name() {
    let data = tempdir().unwrap();
    let path = |name: &str| data.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("cert.pem"), "hello").unwrap();
    let check = |arguments: &[&str], parts: &[&str]| {
        let output = serve(data.path(), arguments).output().unwrap();
        let complaint = complaint(&output);
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(output.stdout.is_empty(), "no address is told");
        for part in parts {
            assert!(complaint.contains(part), "{arguments:?}: {complaint}");
        }
    };
    let (cert, key) = (path("cert.pem"), path("none.pem"));
    check(&["--tls-cert", &cert, "--tls-key", &key], &[&cert, "no certificate"]);
    check(&["--tls-cert", &key, "--tls-key", &cert], &[&key, "No such file"]);
    check(&["--tls-cert", &cert], &["--tls-key"]);
    check(&["--tls-key", &cert], &["--tls-cert"]);
}

#[test]
fn addresses_are_told_with_https() {
    let data = tempdir().unwrap();
    let path = |name: &str| data.path().join(name).to_str().unwrap().to_owned();
    let names = ["127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    fs::write(path("cert.pem"), cert.pem()).unwrap();
    fs::write(path("key.pem"), signing_key.serialize_pem()).unwrap();
    let files = ["--tls-cert", &path("cert.pem"), "--tls-key", &path("key.pem")];
    let mut server = serve(data.path(), &files);
    let mut server = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let link = lines.next().unwrap().unwrap();
    let more = command(&["token", "link", "--data"]).arg(data.path()).output().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    let address = first.strip_prefix("listening on ").unwrap();
    assert!(address.starts_with("https://127.0.0.1:"), "{first}");
    assert!(link.starts_with(&format!("{address}/sign-in?code=")), "{link}");
    let more = String::from_utf8(more.stdout).unwrap();
    assert!(more.starts_with(&format!("{address}/sign-in?code=")), "{more}");
}

#[test]
fn names_that_can_never_match_are_refused() {
    let check = |arguments: &[&str], part: &str| {
        let output = run(&[&["serve"], arguments].concat());
        let complaint = complaint(&output);
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(complaint.contains(part), "{complaint}");
    };
    check(&["--allow-origin", "*"], "every page");
    check(&["--allow-origin", "https://dash.example/"], "no path");
    check(&["--allow-host", "https://bell.example"], "host name alone");
}
