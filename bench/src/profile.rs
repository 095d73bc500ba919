//! A CSV file of 50 MB, looked at: processor time and memory of `bellwether profile`.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};

use crate::figure::{Figure, Report};

const ROWS: u32 = 463_000;
/// How often the process is looked at; its peak is the kernel's own, which only has to be read in time.
const LOOK: Duration = Duration::from_millis(2);
/// Kernel ticks a second of `/proc/PID/stat` (sysconf(3), `_SC_CLK_TCK`: 100 on Linux).
const TICKS: f64 = 100.0;

/// Writes the file, profiles it, and reports both figures.
pub(crate) fn measure(program: &Path, report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("census.csv");
    write_census(&path).context("write the file to profile")?;
    let megabytes = fs::metadata(&path)?.len() as f64 / 1e6;
    report.note(format!("profile: {ROWS} rows × 15 columns, {megabytes:.1} MB"));
    let mut child = Command::new(program)
        .arg("profile")
        .arg(&path)
        .arg("--json")
        .stdout(Stdio::null())
        .spawn()
        .context("start bellwether profile")?;
    let process = format!("/proc/{}", child.id());
    let (mut peak_mb, mut seconds) = (0.0_f64, 0.0_f64);
    loop {
        peak_mb = peak_mb.max(peak(&process).unwrap_or(0.0));
        // Until it is waited for, an ended process still has its times.
        seconds = processor_seconds(&process).unwrap_or(seconds);
        if ended(&process) {
            break;
        }
        thread::sleep(LOOK);
    }
    ensure!(child.wait()?.success(), "bellwether profile failed");
    report.add(Figure::below("profile of a 50 MB CSV, CPU", seconds, 1.0, "s"));
    report.add(Figure::below("its peak memory", peak_mb, 4.0 * megabytes, "MB"));
    Ok(())
}

/// Numbers, categories and a target, like the census file that such figures are usually told of; the same
/// in each run.
fn write_census(path: &Path) -> Result<()> {
    const WORK: [&str; 5] = ["Private", "Self-emp-not-inc", "Local-gov", "State-gov", "?"];
    const SCHOOL: [&str; 6] =
        ["Bachelors", "HS-grad", "Some-college", "Masters", "Assoc-voc", "11th"];
    const FAMILY: [&str; 4] = ["Husband", "Not-in-family", "Own-child", "Unmarried"];
    const COUNTRY: [&str; 4] = ["United-States", "Mexico", "Philippines", "Germany"];
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(
        file,
        "age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,race,\
         sex,capital_gain,capital_loss,hours_per_week,native_country,income"
    )?;
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..ROWS {
        // Xorshift64* (S. Vigna, 2016).
        let mut next = |bound: u64| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
        };
        let age = 17 + next(73);
        let pick = |words: &[&'static str], n: u64| {
            usize::try_from(n).ok().and_then(|n| words.get(n).copied()).unwrap_or("?")
        };
        let gain = if next(12) == 0 { next(99_999) } else { 0 };
        writeln!(
            file,
            "{age}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {gain}, {}, {}, {}, {}",
            pick(&WORK, next(5)),
            12_000 + next(1_400_000),
            pick(&SCHOOL, next(6)),
            1 + next(16),
            pick(&["Married-civ-spouse", "Never-married", "Divorced"], next(3)),
            pick(&["Adm-clerical", "Exec-managerial", "Craft-repair", "Sales"], next(4)),
            pick(&FAMILY, next(4)),
            pick(&["White", "Black", "Asian-Pac-Islander"], next(3)),
            pick(&["Male", "Female"], next(2)),
            if next(20) == 0 { next(4_000) } else { 0 },
            1 + next(99),
            pick(&COUNTRY, next(4)),
            if age > 45 || gain > 0 { ">50K" } else { "<=50K" },
        )?;
    }
    Ok(file.flush()?)
}

/// The most memory that it has held, in MB (proc(5), `VmHWM`).
fn peak(process: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1_024.0 / 1e6)
}

/// Fields 14 and 15 (proc(5), `stat`), behind the name in parentheses.
fn processor_seconds(process: &str) -> Option<f64> {
    let stat = fs::read_to_string(format!("{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let user: f64 = times.next()?.parse().ok()?;
    let system: f64 = times.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}

/// Whether it waits to be waited for.
fn ended(process: &str) -> bool {
    let stat = fs::read_to_string(format!("{process}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_none_or(|(_, fields)| fields.trim_start().starts_with('Z'))
}
