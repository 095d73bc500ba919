//! Certificate and key: can they be read, do they belong together, when does the certificate end?

use bellwether_sys::clock;

use super::{Finding, Scene};

/// Days before its end that a certificate has to be renewed in.
const SOON_DAYS: i64 = 14;

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let files = match scene.flags.serve.tls() {
        Ok(None) => {
            return vec![Finding::not_here("certificate", "none is set; the server speaks HTTP")];
        }
        Ok(Some(files)) => files,
        Err(error) => {
            let action = "set both, or neither";
            return vec![Finding::problem("certificate", error.to_string(), action)];
        }
    };
    vec![match files.check() {
        Ok(ends) => judge(ends, clock::now().wall.0 / 1_000),
        Err(error) => Finding::problem(
            "certificate",
            error.to_string(),
            "name readable PEM files of one pair with --tls-cert and --tls-key",
        ),
    }]
}

/// Both in epoch seconds.
fn judge(ends: Option<i64>, now: i64) -> Finding {
    let Some(ends) = ends else {
        return Finding::ok("certificate", "it is usable with its key; it does not say its end");
    };
    let days = (ends - now).div_euclid(86_400);
    let renew = "renew it; the server reads the new files by itself";
    if ends <= now {
        Finding::problem("certificate", format!("it ended {} days ago", -days), renew)
    } else if days < SOON_DAYS {
        Finding::warning("certificate", format!("it ends in {days} days"), renew)
    } else {
        let says = format!("it is usable with its key, and good for {days} days");
        Finding::ok("certificate", says)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn the_end_is_judged_in_days() {
        let check = |days: i64, verdict: Verdict| {
            let found = judge(Some(1_000_000 + days * 86_400), 1_000_000);
            assert_eq!(found.verdict, verdict, "{found:?}");
        };
        check(90, Verdict::Ok);
        check(3, Verdict::Warning);
        check(-1, Verdict::Problem);
        assert_eq!(judge(None, 0).verdict, Verdict::Ok);
    }
}
