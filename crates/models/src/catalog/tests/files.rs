//! What is in a file: what is refused and in which words, and what is taken all the same.

use bellwether_signal::{
    activity::{ActivityKind, Severity},
    dataset::ColumnKind,
};

use super::*;

#[test]
fn a_file_that_cannot_be_used_is_refused_with_its_place_and_nothing_is_kept() {
    let bench = Bench::new();
    let check = |content: &[u8], parts: &[&str]| {
        let error = bench.whole("bad.csv", content).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "{part:?} is not in {error:?}");
        }
        let told = bench.told("/upload");
        let last = told.last().unwrap();
        assert_eq!(last["state"], "failed");
        assert_eq!(last["error"].as_str().unwrap(), error);
        assert_eq!(bench.files(), (0, 0));
        assert!(bench.catalog.list().is_empty());
    };
    check(b"", &["empty"]);
    check(b"\n \n", &["empty"]);
    check(b"a,b,c\n", &["no rows"]);
    check(b"one\n1\n2\n3\n", &["one column", "delimiter"]);
    check(b"a,b\n1,2\n3\n4,5\n", &["row 3", "1 cells", "2", "\"3\""]);
    check(b"a,b\n1,2\n3,4,5\n", &["row 3", "3 cells", "\"3,4,5\""]);
    check(b"a,b\n1,2\n3,x\0y\n4,5\n", &["NUL"]);
    check(
        &[b"a,b\n".as_slice(), &b"1,2\n".repeat(100_000), b"3,x\0y\n"].concat(),
        &["row 100002", "\"b\"", "NUL"],
    );
    check(&[0x7F, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 9, 9, 7, 3, 200], &["not text", "byte 7"]);
    check(b"a,a\n1,2\n", &["two columns are called \"a\""]);
    check(b"a,b\n1,\n1,\n1,\n", &["no column can be predicted"]);
    let wide = |columns: usize| {
        let header: Vec<String> = (0..columns).map(|n| format!("measured_value_{n}")).collect();
        let row = |n: usize| vec![n.to_string(); columns].join(",");
        format!("{}\n{}\n{}\n{}\n", header.join(","), row(1), row(2), row(3)).into_bytes()
    };
    check(&wide(10_001), &["10000 columns"]);
    let refusals = bench.happened(ActivityKind::DatasetUploaded);
    assert!(refusals[0].starts_with("bad.csv was not taken: "), "{refusals:?}");

    let finished = bench.whole("wide.csv", &wide(10_000)).unwrap();
    let profile = &finished.dataset.profile;
    assert_eq!(profile.columns.len(), 10_000);
    let bytes = serde_json::to_vec(&finished.dataset.as_ref()).unwrap().len();
    assert!(bytes < 3_000_000, "{bytes} bytes are more than a record may take");
}

#[test]
fn other_names_than_those_of_tables_are_refused() {
    let bench = Bench::new();
    for name in ["model.bin", "", "a.csv.exe", "sheet.xlsx"] {
        let error = bench.whole(name, b"a,b\n1,2\n").unwrap_err();
        assert!(matches!(error, CatalogError::Name(_)), "{name}: {error}");
    }
    let finished = bench.whole("../../etc/cron.d/\u{7}evil\r\n.csv", &churn(9)).unwrap();
    assert_eq!(finished.dataset.profile.file_name, "evil.csv");
    assert_eq!(bench.files(), (1, 0), "the name is no path");
}

#[test]
fn a_profile_says_what_a_person_would_ask() {
    let bench = Bench::new();
    let finished = bench.whole("churn.csv", &churn(200)).unwrap();
    let profile = &finished.dataset.profile;
    let kinds: Vec<_> = ["0", "1", "2", "3"].map(|n| profile.columns[n].kind).into();
    assert_eq!(
        kinds,
        [ColumnKind::Id, ColumnKind::Number, ColumnKind::Category, ColumnKind::Boolean]
    );
    let months = &profile.columns["1"];
    assert_eq!((months.lowest, months.highest, months.distinct), (Some(0.0), Some(30.0), Some(31)));
    assert_eq!(months.histogram.as_ref().unwrap().iter().sum::<u32>(), 200);
    assert_eq!(profile.columns["2"].frequent.as_ref().unwrap()["plus"], 133);
    assert_eq!(profile.target_column.as_deref(), Some("churned"));
    assert!(profile.target_reason.as_ref().unwrap().contains("its name is one"), "{profile:?}");
    assert_eq!((profile.rows, profile.quality, profile.usable), (Some(200), Some(1.0), true));
    assert!(profile.summary.contains("200 rows and 4 columns"), "{}", profile.summary);
    assert!(profile.issues.iter().any(|issue| issue.code == "identifier"));
    let format = profile.format.as_ref().unwrap();
    assert_eq!((format.delimiter.as_str(), format.encoding.as_str()), (",", "utf-8"));
}

#[test]
fn mixed_types_name_the_cell() {
    let bench = Bench::new();
    let text = |odd: &str, every: usize| {
        let row = |n: usize| {
            let age = if n % every == every - 1 { odd.to_owned() } else { (n % 90).to_string() };
            format!("{age},{}\n", if n.is_multiple_of(2) { "yes" } else { "no" })
        };
        ["age,left\n".to_owned()].into_iter().chain((0..400).map(row)).collect::<String>()
    };
    // One in four hundred: the column stays numbers, the cell is missing.
    let few = bench.whole("few.csv", text("abc", 400).as_bytes()).unwrap();
    let issue = few.dataset.profile.issues.iter().find(|it| it.code == "mixed_types").unwrap();
    assert_eq!((issue.line, issue.column.as_deref()), (Some(401), Some("age")));
    assert_eq!(issue.cell.as_deref(), Some("abc"));
    assert_eq!(few.dataset.profile.columns["0"].kind, ColumnKind::Number);
    // One in ten: it is text, and somebody should know.
    let many = bench.whole("many.csv", text("n/k", 10).as_bytes()).unwrap();
    let issue = many.dataset.profile.issues.iter().find(|it| it.code == "mixed_types").unwrap();
    assert_eq!((issue.line, issue.cell.as_deref()), (Some(11), Some("n/k")));
    assert_eq!(issue.severity, Severity::Warning);
    assert!(issue.text.contains("90.0 % of its cells are numbers"), "{}", issue.text);
}

#[test]
fn utf_16_is_read_and_shown() {
    let bench = Bench::new();
    let text = String::from_utf8(churn(20)).unwrap().replace("basic", "größer");
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let finished = bench.whole("wide.txt", &bytes).unwrap();
    let profile = &finished.dataset.profile;
    assert_eq!(profile.format.as_ref().unwrap().encoding, "utf-16le");
    let preview = bench.catalog.preview(&finished.dataset, 2).unwrap();
    assert_eq!(preview.columns, ["customer", "months", "plan", "churned"]);
    assert_eq!(
        preview.rows[0],
        ["c0".into(), 0.0.into(), "größer".into(), "yes".into()] as [Value; 4]
    );
    assert_eq!(preview.rows.len(), 2);
}

#[test]
fn a_target_is_chosen_and_kept_or_refused() {
    let bench = Bench::new();
    let finished = bench.whole("churn.csv", &churn(60)).unwrap();
    let id = &finished.dataset.id;
    let profile = bench.catalog.validate(id, Some("months"), |_| ()).unwrap();
    assert_eq!(profile.target_column.as_deref(), Some("months"));
    assert_eq!(
        profile.target_reason.as_deref(),
        Some("it was chosen, and it holds many different numbers")
    );
    assert!(matches!(
        bench.catalog.validate(id, Some("weight"), |_| ()),
        Err(CatalogError::Dataset(_))
    ));
    let one_class = churn(60).into_iter().collect::<Vec<u8>>();
    let text = String::from_utf8(one_class).unwrap().replace("basic", "plus");
    let one = bench.whole("one.csv", text.as_bytes()).unwrap();
    let verdict = bench.catalog.validate(&one.dataset.id, Some("plan"), |_| ()).unwrap();
    assert!(!verdict.usable);
    assert!(verdict.issues[0].text.contains("only one class"), "{:?}", verdict.issues);
    let bench = bench.restart();
    let kept = bench.catalog.find(id).unwrap();
    assert_eq!(kept.profile.target_column.as_deref(), Some("months"));
    let kept = bench.catalog.find(&one.dataset.id).unwrap();
    assert_eq!(kept.profile.target_column.as_deref(), Some("churned"));
}

#[test]
fn a_profiling_is_a_job() {
    let bench = Bench::new();
    let finished = bench.whole("churn.csv", &churn(60)).unwrap();
    let job = bench.catalog.queue_profiling(&finished.dataset.id).unwrap();
    assert_eq!(job.state, super::super::ProfilingState::Queued);
    bench.catalog.run_profiling(&job);
    let jobs = bench.catalog.profilings();
    assert_eq!(jobs.last().unwrap().state, super::super::ProfilingState::Completed);
    assert!(bench.catalog.queue_profiling("none").is_err());
}
