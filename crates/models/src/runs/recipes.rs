//! Saved recipes of trainings, which older clients call pipelines: a wish with a name, to be followed
//! again and again.
//! Enters: recipes of people. Leaves: runs that follow them, records of the kind "recipe".

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bellwether_signal::{
    RunId, Timestamp,
    answer::TrainWish,
    ports::{KeepError, RecordChange, Surroundings},
    training::TrainingState,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Runs, RunsError, WishError, wish};
use crate::catalog::new_id;

const KIND: &str = "recipe";
/// Recipes that are kept; one more is refused.
const RECIPES: usize = 500;
/// Characters of a name, and of what is said of it.
const NAME_CHARS: usize = 100;
const DESCRIPTION_CHARS: usize = 2_000;
/// Steps that an older client may write into one.
const STEPS: usize = 50;

/// One recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// UUID version 7.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The steps that whoever made it wrote down. They are kept as they are; a training has its own.
    #[serde(default)]
    pub steps: Vec<Map<String, Value>>,
    /// What is trained.
    #[serde(default)]
    pub wish: TrainWish,
    /// When it was made.
    pub created_at_ms: Timestamp,
    /// When it was changed.
    pub updated_at_ms: Timestamp,
    /// The newest run that followed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
}

/// What a recipe is to say from now on; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct RecipeWish {
    /// What people call it.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Steps, for older clients.
    pub steps: Option<Vec<Map<String, Value>>>,
    /// What is trained.
    pub wish: Option<TrainWish>,
}

/// All recipes.
pub struct Recipes {
    around: Surroundings,
    runs: Arc<Runs>,
    known: Mutex<BTreeMap<String, Recipe>>,
}

impl Recipes {
    /// Reads what was kept.
    pub fn open(around: Surroundings, runs: Arc<Runs>) -> Result<Self, KeepError> {
        let mut recipes = BTreeMap::new();
        for (id, body) in around.records.all(KIND)? {
            let damaged = |error| KeepError::Unavailable(format!("recipe {id}: {error}"));
            let recipe: Recipe = serde_json::from_value(body).map_err(damaged)?;
            recipes.insert(id, recipe);
        }
        Ok(Self { around, runs, known: Mutex::new(recipes) })
    }

    /// All of them, oldest first.
    pub fn list(&self) -> Vec<(Recipe, Option<TrainingState>)> {
        let recipes: Vec<Recipe> = self.lock().values().cloned().collect();
        recipes.into_iter().map(|recipe| self.with_state(recipe)).collect()
    }

    /// One of them, and where its newest run stands.
    pub fn find(&self, id: &str) -> Option<(Recipe, Option<TrainingState>)> {
        let recipe = self.lock().get(id).cloned()?;
        Some(self.with_state(recipe))
    }

    /// Makes one.
    pub fn create(&self, new: RecipeWish) -> Result<Recipe, RunsError> {
        let now = (self.around.clock)().wall;
        let mut recipe = Recipe {
            id: new_id(now),
            name: String::new(),
            description: String::new(),
            steps: Vec::new(),
            wish: TrainWish::default(),
            created_at_ms: now,
            updated_at_ms: now,
            run: None,
        };
        write(&mut recipe, new)?;
        let mut recipes = self.lock();
        if recipes.len() >= RECIPES {
            let text = format!("there are {RECIPES} recipes, as many as there may be; delete some");
            return Err(RunsError::NotNow(text));
        }
        self.keep(&recipe)?;
        recipes.insert(recipe.id.clone(), recipe.clone());
        Ok(recipe)
    }

    /// Changes one; `None` when there is none.
    pub fn change(&self, id: &str, change: RecipeWish) -> Result<Option<Recipe>, RunsError> {
        let mut recipes = self.lock();
        let Some(mut recipe) = recipes.get(id).cloned() else { return Ok(None) };
        write(&mut recipe, change)?;
        recipe.updated_at_ms = (self.around.clock)().wall;
        self.keep(&recipe)?;
        recipes.insert(recipe.id.clone(), recipe.clone());
        Ok(Some(recipe))
    }

    /// Forgets one; its runs stay. `false` when there is none.
    pub fn delete(&self, id: &str) -> Result<bool, KeepError> {
        let mut recipes = self.lock();
        if !recipes.contains_key(id) {
            return Ok(false);
        }
        self.around.records.change(vec![RecordChange::remove(KIND, id)])?;
        recipes.remove(id);
        Ok(true)
    }

    /// Queues a run that follows one, with changes to its wish (a merge patch); `None` when there is
    /// none.
    pub fn follow(
        &self,
        id: &str,
        changes: &Map<String, Value>,
        user: Option<&str>,
    ) -> Result<Option<Recipe>, RunsError> {
        let Some((recipe, _)) = self.find(id) else { return Ok(None) };
        let run = self.runs.follow(wish::changed(&recipe.wish, changes)?, user, id)?;
        let mut recipes = self.lock();
        let Some(recipe) = recipes.get_mut(id) else { return Ok(None) };
        recipe.run = Some(run);
        recipe.updated_at_ms = (self.around.clock)().wall;
        self.keep(recipe)?;
        Ok(Some(recipe.clone()))
    }

    fn with_state(&self, recipe: Recipe) -> (Recipe, Option<TrainingState>) {
        let run = recipe.run.and_then(|run| self.runs.find(run));
        (recipe, run.map(|run| run.status.state))
    }

    fn keep(&self, recipe: &Recipe) -> Result<(), KeepError> {
        self.around.records.change(vec![RecordChange::put(KIND, &recipe.id, recipe)])
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Recipe>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes into a recipe what it is to say, if it may.
fn write(recipe: &mut Recipe, change: RecipeWish) -> Result<(), WishError> {
    let wrong = |field, text: String| Err(WishError { field, text });
    if let Some(name) = change.name {
        recipe.name = name;
    }
    if recipe.name.trim().is_empty() || recipe.name.chars().count() > NAME_CHARS {
        return wrong("name", format!("has 1 to {NAME_CHARS} characters"));
    }
    if let Some(description) = change.description {
        recipe.description = description;
    }
    if recipe.description.chars().count() > DESCRIPTION_CHARS {
        return wrong("description", format!("has at most {DESCRIPTION_CHARS} characters"));
    }
    if let Some(steps) = change.steps {
        recipe.steps = steps;
    }
    if recipe.steps.len() > STEPS {
        return wrong("steps", format!("are at most {STEPS}"));
    }
    if let Some(wish) = change.wish {
        recipe.wish = wish;
    }
    Ok(())
}
