//! The gateway's settings are the store's.

use bellwether_gateway::{Answer, Settings};
use bellwether_store::Store;
use serde_json::{Map, Value};

use super::ask;

pub(crate) struct StoredSettings(pub(crate) Store);

impl Settings for StoredSettings {
    fn read<'a>(&'a self, user: &'a str) -> Answer<'a, Map<String, Value>> {
        let user = user.to_owned();
        ask(&self.0, move |store| store.settings(&user))
    }

    fn merge<'a>(
        &'a self,
        user: &'a str,
        patch: Map<String, Value>,
    ) -> Answer<'a, Map<String, Value>> {
        let user = user.to_owned();
        ask(&self.0, move |store| store.merge_settings(&user, &patch))
    }
}
