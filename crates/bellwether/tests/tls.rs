//! TLS on the command line: what is wrong with certificate and key is said at start.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod program;

use std::fs;

use program::{complaint, run, serve};
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
