//! The wall's clock: does somebody keep it right?

use std::io;

use bellwether_sys::discipline::{Discipline, discipline};

use super::{Finding, Scene};

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    if !scene.here {
        return vec![Finding::not_here("wall", "another machine's clock cannot be asked")];
    }
    vec![judge(discipline())]
}

fn judge(said: io::Result<Discipline>) -> Finding {
    match said {
        Ok(Discipline { synchronised: true, most_error }) => Finding::ok(
            "wall",
            format!("kept right from outside, off by at most {} ms", most_error.as_millis()),
        ),
        Ok(Discipline { synchronised: false, .. }) => Finding::warning(
            "wall",
            "nobody keeps it right (the kernel calls it unsynchronised)",
            "run a time service such as systemd-timesyncd or chrony; in a virtual machine or a \
             container the host may do it unseen",
        ),
        Err(error) => Finding::not_here("wall", format!("the kernel does not tell ({error})")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn clocks_are_judged() {
        let said = |synchronised| Ok(Discipline { synchronised, most_error: Duration::ZERO });
        assert_eq!(judge(said(true)).verdict, Verdict::Ok);
        assert_eq!(judge(said(false)).verdict, Verdict::Warning);
        assert_eq!(judge(Err(io::ErrorKind::PermissionDenied.into())).verdict, Verdict::NotHere);
    }
}
