//! docs/CONFIGURATION.md is written from the list of settings, and a test keeps it so.
#![cfg(test)]

use std::fmt::Write as _;

use bellwether_signal::feature::Feature;

use super::{Shape, defaults, meaning, name, settings, shape, value_name};
use crate::written::keep;

const HEAD: &str = "\
# Configuration

Written from the list of settings in `crates/bellwether/src/cli.rs` by `make docs`; a test keeps it true.

A setting can stand in four places. The first that says something counts:

1. a flag of the command (`--listen 127.0.0.1:9000`),
2. a variable of the environment (`BELLWETHER_LISTEN=127.0.0.1:9000`),
3. the configuration file (`listen = \"127.0.0.1:9000\"`),
4. the default.

The file is the one that `--config FILE` or `BELLWETHER_CONFIG` names, else `$XDG_CONFIG_HOME/bellwether/config.toml`, else
`~/.config/bellwether/config.toml`. It is TOML without tables; the keys are the flags' names. A file that was named has to exist. A key
that is no setting and a value that cannot be are errors that name the line and what was wanted, and the program does not start. A flag
that another command has too (`--data`) takes the file's value there as well.

```sh
bellwether config                 # what is in force, and where each value comes from
bellwether config --json          # the same for programs
bellwether config --example       # a file with every setting, commented out
```

| flag and key | environment | value | default | meaning |
| --- | --- | --- | --- | --- |
";

const TAIL: &str = "
A list is repeated as a flag (`--allow-host a --allow-host b`), separated by commas in the environment (`a,b`), and an array in the
file (`[\"a\", \"b\"]`). A switch is a flag without value, `true` or `false` in the file, and in the environment anything but empty,
`0`, `n`, `no`, `f`, `false` or `off`.
";

const PARTS: &str = "
## Parts

Parts can be switched off, or given to a share of the models first, by `--feature NAME=on|off|SHARE%` (`--feature alerts=off --feature
drift=25%`, `BELLWETHER_FEATURE=alerts=off,drift=25%`, `feature = [\"alerts=off\", \"drift=25%\"]`). They are read once, at the start. Without
a choice everything is on. What belongs to a part that is off is off too. Addresses of a part that is off answer 404 with the problem
`switched-off`, which names the flag; the page leaves it out; what is kept of it stays on disk, untouched, until it is switched on again.

Whether a model has a part of which a share is given out follows from its name alone: all servers agree, restarts change nothing, and a
share that grows takes none away. A model without `explanations` predicts all the same and says so in `warnings`; one without
`prediction-log` refuses `durable`. `bellwether config` and `GET /api/health` say what is on.

| part | value | belongs to | what it is |
| --- | --- | --- | --- |
";

fn document() -> String {
    let mut text = HEAD.to_owned();
    for arg in settings() {
        let name = name(&arg);
        let variable = arg.get_env().unwrap_or_default().to_string_lossy().into_owned();
        let choices: Vec<String> = arg
            .get_possible_values()
            .iter()
            .map(|choice| format!("`{}`", choice.get_name()))
            .collect();
        let value = match shape(&arg) {
            Shape::Switch => "switch".to_owned(),
            Shape::List => format!("list of {}", value_name(&arg)),
            Shape::One if choices.is_empty() => value_name(&arg),
            Shape::One => choices.join(", "),
        };
        let (meaning, otherwise) = meaning(&arg);
        let default = match (shape(&arg), otherwise, defaults(&arg)) {
            (Shape::Switch, ..) => "off".to_owned(),
            (_, Some(otherwise), _) => otherwise,
            (_, None, given) if !given.is_empty() => format!("`{}`", given.join(",")),
            (..) => "none".to_owned(),
        };
        writeln!(text, "| `{name}` | `{variable}` | {value} | {default} | {meaning} |")
            .expect("a String takes everything");
    }
    text.push_str(TAIL);
    text.push_str(PARTS);
    for feature in Feature::all() {
        let values = if feature.is_shared() { "on, off, share" } else { "on, off" };
        let within = feature.within().map_or("", Feature::name);
        writeln!(text, "| `{feature}` | {values} | {within} | {} |", feature.meaning())
            .expect("a String takes everything");
    }
    text
}

#[test]
fn the_document_is_current() {
    keep("docs/CONFIGURATION.md", &document());
}
