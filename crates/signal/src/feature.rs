//! Parts that a deployment can do without, or give to a share of its models first (M15). The one place that
//! knows their names: command line, routes, health, documents and the page all read this list.
//!
//! A share is a share of subjects, not of requests: whether a model has a part follows from its name alone,
//! so that it stays with it over restarts and on every server, and a share that grows takes none away.

use std::{fmt, str::FromStr};

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Datasets, trainings, versions, predictions and how they do.
    Models,
    /// Datasets and trainings; without them versions are imported only.
    Training,
    /// Rules, and the alerts that they make.
    Alerts,
    /// What users publish themselves.
    OwnSignals,
    /// The socket of older dashboards.
    DashboardDialect,
    /// The sockets of older analytics clients.
    AnalyticsDialect,
    /// Socket.IO, for older host monitors.
    SocketIoDialect,
    /// Performance that is estimated while labels are missing.
    Estimates,
    /// Comparing what comes in with the training sample.
    Drift,
    /// What each column did to a prediction.
    Explanations,
    /// Predictions on disk.
    PredictionLog,
}

/// What there is to know of one.
struct Row {
    feature: Feature,
    name: &'static str,
    meaning: &'static str,
    /// Without which it makes no sense.
    within: Option<Feature>,
    /// Whether a share of models may have it.
    shared: bool,
}

/// In the order of [`Feature`].
const ROWS: [Row; 11] = [
    Row {
        feature: Feature::Models,
        name: "models",
        meaning: "datasets, trainings, versions of models, their predictions and how they do",
        within: None,
        shared: false,
    },
    Row {
        feature: Feature::Training,
        name: "training",
        meaning: "uploads, datasets and trainings; without them models are imported only, and runs that wait go on waiting",
        within: Some(Feature::Models),
        shared: false,
    },
    Row {
        feature: Feature::Alerts,
        name: "alerts",
        meaning: "rules, and the alerts that they make",
        within: None,
        shared: false,
    },
    Row {
        feature: Feature::OwnSignals,
        name: "own-signals",
        meaning: "what users publish below app/",
        within: None,
        shared: false,
    },
    Row {
        feature: Feature::DashboardDialect,
        name: "dashboard-dialect",
        meaning: "the flat messages of /ws without a subprotocol, for older dashboards",
        within: None,
        shared: false,
    },
    Row {
        feature: Feature::AnalyticsDialect,
        name: "analytics-dialect",
        meaning: "the sockets below /api/v1/ws and /api/analytics, for older analytics clients",
        within: None,
        shared: false,
    },
    Row {
        feature: Feature::SocketIoDialect,
        name: "socketio-dialect",
        meaning: "Socket.IO at /socket.io, for older host monitors",
        within: None,
        shared: false,
    },
    Row {
        feature: Feature::Estimates,
        name: "estimates",
        meaning: "performance that is estimated while labels are missing",
        within: Some(Feature::Models),
        shared: true,
    },
    Row {
        feature: Feature::Drift,
        name: "drift",
        meaning: "comparing inputs and predictions with the training sample",
        within: Some(Feature::Models),
        shared: true,
    },
    Row {
        feature: Feature::Explanations,
        name: "explanations",
        meaning: "what each column did to a prediction, on request",
        within: Some(Feature::Models),
        shared: true,
    },
    Row {
        feature: Feature::PredictionLog,
        name: "prediction-log",
        meaning: "predictions and their labels on disk; without it the newest 1,000 of a version in memory",
        within: Some(Feature::Models),
        shared: true,
    },
];

/// A share in hundredths of a percent.
const WHOLE: u16 = 10_000;

impl Feature {
    fn row(self) -> &'static Row {
        let found = ROWS.iter().find(|row| row.feature == self);
        found.expect("every feature has a row: a test looks at each")
    }

    /// All of them, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.feature)
    }

    /// Its name in settings and answers.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What it is, for people.
    pub fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// What has to be on for it.
    pub fn within(self) -> Option<Self> {
        self.row().within
    }

    /// Whether a share of models may have it.
    pub fn is_shared(self) -> bool {
        self.row().shared
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who has a part: everybody, nobody, or a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u16);

impl Share {
    /// Everybody.
    pub const ON: Self = Self(WHOLE);
    /// Nobody.
    pub const OFF: Self = Self(0);
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ON => f.write_str("on"),
            Self::OFF => f.write_str("off"),
            Self(share) => write!(f, "{}%", f64::from(share) / 100.0),
        }
    }
}

/// What somebody chose of one part: `NAME=on`, `NAME=off` or `NAME=SHARE%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureChoice {
    /// Of which.
    pub feature: Feature,
    /// Who has it.
    pub share: Share,
}

impl FromStr for FeatureChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once('=')
            .ok_or("it has to be NAME=on, NAME=off or NAME=SHARE%, such as alerts=off")?;
        let feature = Feature::all().find(|one| one.name() == name.trim()).ok_or_else(|| {
            let names: Vec<&str> = Feature::all().map(Feature::name).collect();
            format!("there is no part {name:?}; there are {}", names.join(", "))
        })?;
        let share = match value.trim() {
            "on" => Share::ON,
            "off" => Share::OFF,
            other => share_of(other).ok_or_else(|| {
                format!("{feature} is on, off or a share such as 25%, not {other:?}")
            })?,
        };
        if !feature.is_shared() && share != Share::ON && share != Share::OFF {
            let shared: Vec<&str> =
                Feature::all().filter(|one| one.is_shared()).map(Feature::name).collect();
            return Err(format!(
                "{feature} is on or off; a share of models may have {}",
                shared.join(", ")
            ));
        }
        Ok(Self { feature, share })
    }
}

/// A percentage with at most two decimals.
fn share_of(text: &str) -> Option<Share> {
    let number: f64 = text.strip_suffix('%')?.trim_end().parse().ok()?;
    let hundredths = (number * 100.0).round();
    if !(0.0..=f64::from(WHOLE)).contains(&hundredths) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and from 0 to 10,000"
    )]
    Some(Share(hundredths as u16))
}

/// Which parts a deployment has; without choices all of them. Read once at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features([Share; ROWS.len()]);

impl Default for Features {
    fn default() -> Self {
        Self([Share::ON; ROWS.len()])
    }
}

impl Features {
    /// What was chosen; of several choices of one part the last.
    pub fn chosen(choices: &[FeatureChoice]) -> Self {
        let mut features = Self::default();
        for FeatureChoice { feature, share } in choices {
            for (row, place) in ROWS.iter().zip(&mut features.0) {
                if row.feature == *feature {
                    *place = *share;
                }
            }
        }
        features
    }

    fn own(&self, feature: Feature) -> Share {
        let mut rows = ROWS.iter().zip(self.0);
        rows.find(|(row, _)| row.feature == feature).map_or(Share::ON, |(_, share)| share)
    }

    /// Who has a part; nobody where what it belongs to is off.
    pub fn share(&self, feature: Feature) -> Share {
        match self.switched_off(feature) {
            Some(_) => Share::OFF,
            None => self.own(feature),
        }
    }

    /// Whether there is anybody who has it.
    pub fn is_on(&self, feature: Feature) -> bool {
        self.share(feature) > Share::OFF
    }

    /// Whether a subject has it, such as a model by its name.
    pub fn has(&self, feature: Feature, subject: &str) -> bool {
        let Share(share) = self.share(feature);
        share == WHOLE || share > 0 && place_of(feature, subject) < share
    }

    /// The part whose choice switches this one off: itself, or what it belongs to.
    pub fn switched_off(&self, feature: Feature) -> Option<Feature> {
        let above = feature.within().and_then(|within| self.switched_off(within));
        above.or_else(|| (self.own(feature) == Share::OFF).then_some(feature))
    }

    /// The names of those that nobody has.
    pub fn off(&self) -> Vec<String> {
        let off = self.list().filter(|(_, share)| *share == Share::OFF);
        off.map(|(feature, _)| feature.name().to_owned()).collect()
    }

    /// All parts and who has them, in the order in which they are shown.
    pub fn list(&self) -> impl Iterator<Item = (Feature, Share)> + '_ {
        Feature::all().map(|feature| (feature, self.share(feature)))
    }
}

/// Where a subject stands from 0 to 9,999: FNV-1a (Fowler, Noll, Vo) of the part's name and its own, so that
/// shares of different parts are different subjects; mixed once more (the finaliser of Murmur3), because
/// names that differ in one letter at the end stand close together otherwise.
fn place_of(feature: Feature, subject: &str) -> u16 {
    let bytes = feature.name().bytes().chain([b'/']).chain(subject.bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^= hash >> 33;
    u16::try_from(hash % u64::from(WHOLE)).expect("a remainder below 10,000")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(texts: &[&str]) -> Features {
        let choices: Vec<FeatureChoice> = texts.iter().map(|text| text.parse().unwrap()).collect();
        Features::chosen(&choices)
    }

    #[test]
    fn every_part_has_a_row_of_its_own() {
        for (row, feature) in ROWS.iter().zip(Feature::all()) {
            assert_eq!(row.feature, feature);
            assert_eq!(feature.to_string(), row.name);
            let choice: FeatureChoice = format!("{feature}=off").parse().unwrap();
            assert_eq!(choice, FeatureChoice { feature, share: Share::OFF });
        }
        let names: std::collections::BTreeSet<&str> = Feature::all().map(Feature::name).collect();
        assert_eq!(names.len(), ROWS.len());
    }

    #[test]
    fn choices_are_read() {
        let check = |text: &str, shown: &str| {
            let choice: FeatureChoice = text.parse().unwrap();
            assert_eq!(format!("{}={}", choice.feature, choice.share), shown);
        };
        check("alerts=off", "alerts=off");
        check("drift=25%", "drift=25%");
        check("drift = 12.5 %", "drift=12.5%");
        check("drift=100%", "drift=on");
        let refused = |text: &str, part: &str| {
            let told = text.parse::<FeatureChoice>().expect_err(text);
            assert!(told.contains(part), "{text}: {told}");
        };
        refused("alerts", "NAME=on");
        refused("alarms=on", "there are models, training, alerts");
        refused("alerts=25%", "a share of models may have estimates");
        refused("drift=101%", "not \"101%\"");
        refused("drift=-1%", "not");
        refused("drift=NaN%", "not");
    }

    #[test]
    fn what_belongs_to_a_part_that_is_off_is_off() {
        let features = chosen(&["models=off", "drift=on"]);
        assert!(!features.is_on(Feature::Drift) && !features.has(Feature::Drift, "churn"));
        assert_eq!(features.switched_off(Feature::Drift), Some(Feature::Models));
        assert_eq!(features.switched_off(Feature::Alerts), None);
        assert!(features.list().all(|(feature, share)| {
            (share == Share::OFF) == (feature == Feature::Models || feature.within().is_some())
        }));
        assert_eq!(chosen(&["drift=off", "drift=on"]), Features::default());
    }

    #[test]
    fn a_share_is_stable_and_grows_without_taking_away() {
        let names: Vec<String> = (0..2_000).map(|number| format!("model-{number}")).collect();
        let having = |features: &Features, feature: Feature| -> Vec<&String> {
            names.iter().filter(|name| features.has(feature, name)).collect()
        };
        let (some, more) = (chosen(&["drift=20%", "estimates=20%"]), chosen(&["drift=60%"]));
        let (first, then) = (having(&some, Feature::Drift), having(&more, Feature::Drift));
        assert!((300..500).contains(&first.len()), "{}", first.len());
        assert!((1_080..1_320).contains(&then.len()), "{}", then.len());
        assert!(first.iter().all(|name| then.contains(name)));
        let other = having(&some, Feature::Estimates);
        let both = first.iter().filter(|name| other.contains(name)).count();
        assert!((40..130).contains(&both), "{both} of both, where chance gives 80");
        // Counted another way, models would move between servers of two versions.
        assert_eq!(place_of(Feature::Drift, "churn"), 6_130);
    }
}
