//! `bellwether config --example`: a configuration file with every setting, commented out.

use std::fmt::Write as _;

use clap::Arg;

use super::{Shape, defaults, meaning, name, settings, shape, value_name};

const HEAD: &str = "\
# Configuration of bellwether. Keys are the names of the flags ('bellwether serve --help').
# A flag counts before its variable of the environment, that before this file, and this before
# the default. 'bellwether config' shows what is in force. Take away a '#' to set something.
";

/// The file. Lines that begin with `# ` explain; lines that begin with `#` alone can be used.
pub(crate) fn example() -> String {
    let mut text = HEAD.to_owned();
    for arg in settings() {
        let (meaning, otherwise) = meaning(&arg);
        let choices: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|_| shape(&arg) != Shape::Switch)
            .map(|choice| {
                let help = choice.get_help().map(|help| format!(": {help}")).unwrap_or_default();
                format!("#   {}{help}\n", choice.get_name())
            })
            .collect();
        let otherwise = otherwise.map(|it| format!("# Without it: {it}.\n")).unwrap_or_default();
        let (name, value) = (name(&arg), value(&arg));
        write!(text, "\n# {meaning}.\n{otherwise}{}#{name} = {value}\n", choices.concat())
            .expect("a String takes everything");
    }
    text
}

/// The default, or a word that says what stands here.
fn value(arg: &Arg) -> String {
    let defaults = defaults(arg);
    let quoted = |text: &str| format!("{:?}", text.to_owned());
    match (shape(arg), defaults.first()) {
        (Shape::Switch, _) => "true".to_owned(),
        (Shape::List, None) => format!("[{}]", quoted(&value_name(arg))),
        (Shape::List, Some(_)) => {
            format!("[{}]", defaults.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", "))
        }
        (Shape::One, Some(default)) => quoted(default),
        (Shape::One, None) => quoted(&value_name(arg)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_in_it_and_it_is_toml() {
        let text = example();
        let set: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix('#'))
            .filter(|line| !line.starts_with(' '))
            .collect();
        let set = set.join("\n");
        let table = toml::de::DeTable::parse(&set).unwrap();
        for arg in settings() {
            assert!(table.get_ref().contains_key(name(&arg)), "{}: {set}", name(&arg));
        }
        assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
    }
}
