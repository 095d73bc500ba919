//! The gateway's history is the store's.

use bellwether_gateway::{Answer, History, Resolution};
use bellwether_signal::{Timestamp, answer::SeriesAnswer, series::SeriesName};
use bellwether_store::Store;

use super::ask;

pub(crate) struct StoredHistory(pub(crate) Store);

impl History for StoredHistory {
    fn series(
        &self,
        names: Vec<SeriesName>,
        from: Timestamp,
        to: Timestamp,
        resolution: Resolution,
    ) -> Answer<'_, SeriesAnswer> {
        let resolution = match resolution {
            Resolution::Points(most) => bellwether_store::Resolution::Points(most as usize),
            Resolution::StepMs(step) => bellwether_store::Resolution::Step(step),
        };
        ask(&self.0, move |store| store.series(&names, from, to, resolution))
    }
}
