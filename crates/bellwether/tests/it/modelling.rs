//! `bellwether train` and `bellwether predict`, as people and scripts use them.

use std::{fmt::Write as _, fs, path::Path, process::Output};

use crate::program::{complaint, run};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// Who pays little and calls often leaves.
fn customers(rows: usize) -> String {
    let mut text = String::from("monthly_fee;calls;plan;left\n");
    for row in 0..rows {
        let (fee, calls) = (row * 37 % 101, row * 53 % 23);
        let plan = ["basic", "plus", "max \"one\""][row % 3];
        let left = if fee < 50 && calls > 10 { "yes" } else { "no" };
        writeln!(text, "{fee},5;{calls};\"{}\";{left}", plan.replace('"', "\"\"")).unwrap();
    }
    text
}

fn folder_with(name: &str, text: &str) -> TempDir {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Output {
    let paths = |argument: &&str| {
        argument.strip_prefix('@').map_or_else(
            || (*argument).to_owned(),
            |name| folder.join(name).to_str().unwrap().to_owned(),
        )
    };
    let arguments: Vec<String> = arguments.iter().map(paths).collect();
    run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_file_becomes_a_model_and_the_model_predicts() {
    let folder = folder_with("customers.csv", &customers(400));
    let train = in_folder(
        folder.path(),
        &[
            "train",
            "--data",
            "@customers.csv",
            "--target",
            "left",
            "--out",
            "@left.model",
            "--json",
        ],
    );
    assert!(train.status.success(), "{}", complaint(&train));
    let told: Value = serde_json::from_slice(&train.stdout).unwrap();
    assert_eq!((&told["rows"], &told["task"]), (&400.into(), &"binary".into()));
    assert_eq!(told["dialect"]["delimiter"], ";");
    assert!(told["quality"]["classes"]["accuracy"].as_f64().unwrap() > 0.95, "{told}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left behind");

    fs::write(folder.path().join("new.csv"), "calls;extra;monthly_fee\n20;x;10,5\n1;x;90,5\n")
        .unwrap();
    let predict =
        in_folder(folder.path(), &["predict", "--model", "@left.model", "--data", "@new.csv"]);
    assert!(predict.status.success(), "{}", complaint(&predict));
    let text = String::from_utf8(predict.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], "prediction,p_no,p_yes");
    assert!(lines[1].starts_with("yes,") && lines[2].starts_with("no,"), "{text}");

    let to_file = ["predict", "--model", "@left.model", "--data", "@new.csv", "--out", "@out.csv"];
    assert!(in_folder(folder.path(), &to_file).status.success());
    assert_eq!(fs::read_to_string(folder.path().join("out.csv")).unwrap(), text);
}

#[test]
fn a_training_tells_people_what_it_found() {
    let mut text = String::from("size,room,constant,price\n");
    for row in 0..60 {
        writeln!(text, "{},\"room number {row}\",1,{}", row % 30, (row % 30) * 11 + 7).unwrap();
    }
    let folder = folder_with("prices.csv", &text);
    let train =
        in_folder(folder.path(), &["train", "--data", "@prices.csv", "--out", "@price.model"]);
    assert!(train.status.success(), "{}", complaint(&train));
    let told = String::from_utf8(train.stdout).unwrap();
    for part in [
        "60 rows",
        "Regression of price",
        "RMSE",
        "left out: constant",
        "left out: room",
        "very few",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn a_profile_tells_what_is_in_a_file() {
    let folder = folder_with("customers.csv", &customers(200));
    let profile = in_folder(folder.path(), &["profile", "@customers.csv"]);
    assert!(profile.status.success(), "{}", complaint(&profile));
    let told = String::from_utf8(profile.stdout).unwrap();
    for part in ["200 rows, 4 columns", "decimal Comma", "target: left", "last column", "Binary"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let json =
        in_folder(folder.path(), &["profile", "@customers.csv", "--target", "calls", "--json"]);
    let told: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(told["target"]["column"], "calls");
    assert_eq!(told["columns"][0]["numbers"]["histogram"]["counts"].as_array().unwrap().len(), 20);
    let wrong = in_folder(folder.path(), &["profile", "@customers.csv", "--target", "who"]);
    assert!(complaint(&wrong).contains("no column \"who\""));
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    let folder = folder_with("broken.csv", "a,b\n1,2\n3\n");
    fs::write(folder.path().join("good.csv"), customers(30)).unwrap();
    fs::write(folder.path().join("no.model"), "PK").unwrap();
    let check = |arguments: &[&str], expected: &str| {
        let output = in_folder(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = complaint(&output);
        assert!(said.contains(expected), "{said}");
    };
    let out = ["--out", "@new.model"];
    check(
        &[&["train", "--data", "@broken.csv"][..], &out].concat(),
        "row 3 has 1 cells, the header has 2",
    );
    check(&[&["train", "--data", "@missing.csv"][..], &out].concat(), "missing.csv");
    check(
        &["train", "--data", "@good.csv", "--target", "who", "--out", "@new.model"],
        "no column \"who\"",
    );
    check(&["train", "--data", "@good.csv", "--out", "@no.model"], "--force writes over it");
    check(&["train", "--data", "@good.csv", "--out", "@no/where.model"], "cannot write");
    check(&["predict", "--model", "@no.model", "--data", "@good.csv"], "not a model of bellwether");
    assert!(!folder.path().join("new.model").exists());
}

#[test]
fn settings_are_searched_groups_stay_together_and_a_limit_is_told() {
    let folder = folder_with("customers.csv", &customers(400));
    let train = |more: &[&str]| {
        let usual = [
            "train",
            "--data",
            "@customers.csv",
            "--target",
            "left",
            "--out",
            "@a.model",
            "--json",
        ];
        let output = in_folder(folder.path(), &[&usual[..], &["--force"], more].concat());
        assert!(output.status.success(), "{}", complaint(&output));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let grouped = train(&["--group", "plan", "--preset", "balanced", "--time-limit", "600"]);
    assert_eq!(grouped["settings"]["split"], "group");
    assert_eq!(grouped["left_out"][0][0], "plan", "it only says which rows stay together");
    assert_eq!(
        (&grouped["settings"]["trials"], &grouped["time_was_up"]),
        (&8.into(), &false.into())
    );
    let usual = train(&[]);
    assert_eq!(usual["settings"]["trials"], 0);
}

#[test]
fn m5_a_file_is_predicted_with_what_each_column_did() {
    let folder = folder_with("customers.csv", &customers(400));
    let train = ["train", "--data", "@customers.csv", "--target", "left", "--out", "@left.model"];
    assert!(in_folder(folder.path(), &train).status.success());
    let rows = "monthly_fee;calls;plan\n10,5;20;basic\n90,5;1;plus\n;;\n";
    fs::write(folder.path().join("new.csv"), rows).unwrap();
    let predict = ["predict", "--model", "@left.model", "--data", "@new.csv", "--explain"];
    let output = in_folder(folder.path(), &predict);
    assert!(output.status.success(), "{}", complaint(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let columns = ["prediction", "p_no", "p_yes", "margin", "base", "c_monthly_fee", "c_calls"];
    assert!(lines[0].starts_with(&columns), "{text}");
    assert_eq!(lines.len(), 4);
    for line in &lines[1..] {
        let numbers: Vec<f64> = line[3..].iter().map(|cell| cell.parse().unwrap()).collect();
        let (margin, parts) = (numbers[0], &numbers[1..]);
        // Leaves are added up in single precision.
        assert!((margin - parts.iter().sum::<f64>()).abs() < 1e-5, "{line:?}");
    }
    assert_eq!((lines[1][0], lines[2][0]), ("yes", "no"), "{text}");
}
