//! How much of the processor a thread gets when others want it too.

/// How far a thread of low priority stands back, from 0 to 19: at 10 it gets about a tenth of what one
/// that wants as much gets beside it (Linux manual, sched(7), "The nice value").
const LOW: i32 = 10;

/// Makes the calling thread, and those that it starts from now on, stand back behind others. On Linux a
/// nice value is a thread's own. `false` when the system does not allow it.
pub fn stand_back() -> bool {
    rustix::process::nice(LOW).is_ok()
}

#[cfg(test)]
mod tests {
    use std::{fs, thread};

    /// The nice value of the calling thread: field 19 of its stat line (proc(5)).
    fn nice() -> i32 {
        let line = fs::read_to_string("/proc/thread-self/stat").unwrap();
        let after_name = line.rsplit_once(')').unwrap().1;
        after_name.split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[test]
    fn only_the_thread_and_its_children_stand_back() {
        let before = nice();
        let (own, child) = thread::spawn(|| {
            assert!(super::stand_back());
            (nice(), thread::spawn(nice).join().unwrap())
        })
        .join()
        .unwrap();
        assert_eq!((own, child), ((before + 10).min(19), (before + 10).min(19)));
        assert_eq!(nice(), before);
    }
}
