use std::fmt::Write as _;

use super::*;
use crate::dataset::{Limits, read};

fn table(text: &str) -> Table {
    read(|| Ok(text.as_bytes()), &Limits::default(), |_| ()).unwrap()
}

fn profile(text: &str) -> Profile {
    Profile::of(&table(text), None)
}

fn column<'a>(profile: &'a Profile, name: &str) -> &'a ColumnProfile {
    profile.columns.iter().find(|column| column.name == name).unwrap()
}

#[test]
fn columns_in_figures() {
    let text = "n,when,open,city\n1,2026-01-01,yes,Ulm\n2,2026-01-03,no,Ulm\n3,2026-01-02,yes,Bonn\n10,,no,\n";
    let profile = profile(text);
    let numbers = column(&profile, "n").numbers.clone().unwrap();
    let expected = [1.0, 1.75, 2.5, 4.75, 10.0];
    assert!(numbers.quartiles.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
    assert!(
        (numbers.mean - 4.0).abs() < 1e-12 && (numbers.deviation - 12.5_f64.sqrt()).abs() < 1e-12
    );
    assert_eq!((numbers.histogram.counts[0], numbers.histogram.counts[BINS - 1]), (1, 1));
    assert_eq!(numbers.histogram.counts.iter().sum::<usize>(), 4);
    let when = column(&profile, "when");
    assert_eq!((when.kind, when.missing, when.distinct), (ColumnKind::Time, 1, 3));
    assert_eq!(when.times_ms.unwrap().1 - when.times_ms.unwrap().0, 2 * 86_400_000);
    assert_eq!(column(&profile, "open").kind, ColumnKind::Boolean);
    let city = column(&profile, "city");
    assert_eq!((city.kind, city.distinct, city.missing), (ColumnKind::Category, 2, 1));
    assert_eq!(city.top[0], TopValue { text: "Ulm".to_owned(), rows: 2 });
}

#[test]
fn the_target_is_guessed_with_its_reason() {
    let check = |text: &str, name: &str, task, reason: &str| {
        let guess = profile(text).target.unwrap();
        assert_eq!((guess.column.as_str(), guess.task), (name, task));
        assert!(guess.column_reason.contains(reason), "{}", guess.column_reason);
    };
    check("a,b\n1,x\n2,y\n3,x\n", "b", Task::Binary, "last column");
    check("churn,b\nyes,1\nno,2\nno,3\n", "churn", Task::Binary, "its name");
    check(
        "kwh,day\n1.5,2026-01-01\n2.5,2026-01-02\n",
        "kwh",
        Task::Regression,
        "no identifier or date",
    );
    let chosen = Profile::of(&table("a,b\n1,x\n2,y\n3,x\n"), Some("a")).target.unwrap();
    assert_eq!((chosen.column.as_str(), chosen.column_reason), ("a", "it was chosen"));
    assert_eq!(profile("a\n1\n1\n").target, None);
}

#[test]
fn what_is_doubtful_is_told() {
    let mut text = String::from("id,same,gone,copy,kind,left\n");
    for row in 0..200 {
        let left = if row % 40 == 7 { "yes" } else { "no" };
        let gone = if row % 4 == 0 { "1" } else { "" };
        writeln!(text, "{row},7,{gone},{left}-{left},{},{left}", row % 3).unwrap();
    }
    text += "0,7,1,no-no,0,no\n0,7,1,no-no,0,no\n,7,,no-no,1,\n";
    let profile = profile(&text);
    let told = |kind| -> Vec<&str> {
        let of_kind = profile.doubts.iter().filter(|doubt| doubt.kind == kind);
        of_kind.map(|doubt| doubt.column.as_deref().unwrap_or("table")).collect()
    };
    assert_eq!(told(DoubtKind::Constant), ["same"]);
    assert_eq!(told(DoubtKind::Leak), ["copy"]);
    assert_eq!(told(DoubtKind::MostlyMissing), ["gone"]);
    assert_eq!(told(DoubtKind::RareClass), ["left"]);
    assert_eq!(told(DoubtKind::MissingTarget), ["left"]);
    assert_eq!(told(DoubtKind::DuplicateRows), ["table"]);
    assert_eq!(profile.duplicate_rows, 2, "two rows are like the first one");
    let counted: String =
        (0..60).map(|row| row.to_string() + ",x" + &row.to_string() + "\n").collect();
    let ids = super::Profile::of(&table(&("n,name\n".to_owned() + &counted)), None);
    let kinds: Vec<DoubtKind> = ids.doubts.iter().map(|doubt| doubt.kind).collect();
    assert_eq!(kinds, [DoubtKind::Identifier, DoubtKind::Identifier]);
}
