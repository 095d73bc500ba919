//! `/api/models`: versions of models, and what people do with them. `{id}` is a version, or a name,
//! which means the version of it that is in production.

pub(super) mod aliases;
mod entry;
mod totals;

use std::sync::Arc;

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use bellwether_models::{
    Workshop,
    registry::{Deployed, IMPORT_BYTES, Routing, RoutingWish},
};
use bellwether_signal::{
    ModelId,
    model::{ModelCard, ModelComparison, ModelHistory, ModelSettings},
};
use bytes::Bytes;
use http::{StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{
    access::{Admin, OperatorOrMore, Reader},
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// `GET /api/models`: those that answer first, the one that was deployed last before the others: old
/// clients take the first that is active.
pub(super) async fn list(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Vec<Value>> {
    let mut versions = gateway.services.models.registry.list();
    versions.sort_by_key(|version| {
        let status = &version.record.status;
        let used = (status.is_deployed(), entry::is_active(status));
        std::cmp::Reverse((used, status.deployed_at_ms, status.created_at_ms))
    });
    Json(versions.iter().map(|version| gateway.model_entry(version)).collect())
}

/// `GET /api/models/{id}`.
pub(super) async fn one(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let registry = &gateway.services.models.registry;
    let version = registry.find_or_newest(&id)?;
    let name = version.id().name();
    let mut entry = gateway.model_entry(&version);
    entry["routing"] = routing(&registry.routing(name));
    entry["settings"] = json!(registry.settings(name));
    Ok(Json(entry))
}

/// `GET /api/models/{id}/card`.
pub(super) async fn card(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<ModelCard>, Problem> {
    let card = move |models: &Workshop| Ok(models.registry.card(&id)?);
    Ok(Json(gateway.ask_models(card).await?))
}

#[derive(Deserialize)]
pub(super) struct Compared {
    #[serde(default)]
    ids: String,
}

/// `GET /api/models/compare?ids=a,b`.
pub(super) async fn compare(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Query(Compared { ids }): Query<Compared>,
) -> Result<Json<ModelComparison>, Problem> {
    let compare = move |models: &Workshop| {
        let ids: Vec<&str> = ids.split(',').filter(|id| !id.is_empty()).collect();
        Ok(models.registry.compare(&ids)?)
    };
    Ok(Json(gateway.ask_models(compare).await?))
}

/// `POST /api/models/{id}/deploy`.
pub(super) async fn deploy(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let deploy = move |models: &Workshop| Ok(models.registry.deploy(&id, Some(&identity.user))?);
    Ok(deployed(&gateway.ask_models(deploy).await?, "is deployed"))
}

/// `POST /api/models/{name}/rollback`.
pub(super) async fn roll_back(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let roll_back =
        move |models: &Workshop| Ok(models.registry.roll_back(&id, Some(&identity.user))?);
    Ok(deployed(&gateway.ask_models(roll_back).await?, "is back in production"))
}

fn deployed(deployed: &Deployed, what: &str) -> Json<Value> {
    let Deployed { model, before } = deployed;
    let message = match before {
        Some(before) => format!("{model} {what}, in place of {before}"),
        None => format!("{model} {what}"),
    };
    Json(json!({ "message": message, "model_id": model, "before": before }))
}

/// `DELETE /api/models/{id}`: a version; a name says too little about what is to go.
pub(super) async fn delete(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let unknown = |_| {
        let detail = format!("There is no version {id:?}; GET /api/models lists them all.");
        Problem::new(Kind::NotFound, detail)
    };
    let id = ModelId::parse(&id).map_err(unknown)?;
    let message = format!("{id} is deleted");
    let delete = move |models: &Workshop| Ok(models.registry.delete(&id, Some(&identity.user))?);
    gateway.ask_models(delete).await?;
    Ok(Json(json!({ "message": message })))
}

/// What `PUT /api/models/{name}/routing` takes: a field that is absent stays as it is, null ends it.
fn routing_wish(body: &[u8]) -> Result<RoutingWish, Problem> {
    fn field<T: DeserializeOwned>(name: &str, value: Value) -> Result<Option<T>, Problem> {
        let wrong = |error| Problem::new(Kind::Unprocessable, format!("{name}: {error}."));
        serde_json::from_value(value).map_err(wrong)
    }
    let mut wish = RoutingWish::default();
    for (name, value) in read::<Map<String, Value>>(body)? {
        match name.as_str() {
            "shadow" => wish.shadow = Some(field(&name, value)?),
            "split" => wish.split = Some(field(&name, value)?),
            _ => {
                let detail =
                    format!("{name:?}: there is no such field; there are shadow and split.");
                return Err(Problem::new(Kind::Unprocessable, detail));
            }
        }
    }
    Ok(wish)
}

/// `PUT /api/models/{name}/routing`.
pub(super) async fn route(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let wish = routing_wish(&body)?;
    let route = move |models: &Workshop| {
        let registry = &models.registry;
        let name = registry.known_name(&id)?;
        registry.route(&name, wish, Some(&identity.user))?;
        Ok(routing(&registry.routing(&name)))
    };
    Ok(Json(gateway.ask_models(route).await?))
}

fn routing(routing: &Routing) -> Value {
    let split = |(model_id, share): &(ModelId, f64)| json!({"model_id": model_id, "share": share});
    json!({
        "production": routing.production,
        "shadow": routing.shadow,
        "split": routing.split.as_ref().map(split),
    })
}

/// `PATCH /api/models/{name}/settings`: a merge patch.
pub(super) async fn set_settings(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<ModelSettings>, Problem> {
    let patch: Map<String, Value> = read(&body)?;
    let change = move |models: &Workshop| {
        let registry = &models.registry;
        let name = registry.known_name(&id)?;
        let settings = patched(&registry.settings(&name), patch)?;
        registry.set_settings(&name, settings, Some(&identity.user))?;
        Ok(registry.settings(&name))
    };
    Ok(Json(gateway.ask_models(change).await?))
}

/// Settings after a patch; null stands for what is usual.
fn patched(settings: &ModelSettings, patch: Map<String, Value>) -> Result<ModelSettings, Problem> {
    let usual = json!({ "keep_versions": null });
    let Value::Object(mut fields) = json!(settings) else {
        return Err(Problem::internal("settings are an object"));
    };
    for (field, value) in patch {
        if !fields.contains_key(&field) && usual.get(&field).is_none() {
            let known = "accuracy_warning, accuracy_critical, response_warning_ms, \
                         response_critical_ms and keep_versions";
            let detail = format!("{field:?}: there is no such field; there are {known}.");
            return Err(Problem::new(Kind::Unprocessable, detail));
        }
        if value.is_null() {
            fields.remove(&field);
        } else if let Err(error) = serde_json::from_value::<ModelSettings>(json!({&field: value})) {
            return Err(Problem::new(Kind::Unprocessable, format!("{field}: {error}.")));
        } else {
            fields.insert(field, value);
        }
    }
    let read = serde_json::from_value(Value::Object(fields));
    read.map_err(|error| Problem::new(Kind::Unprocessable, error.to_string()))
}

/// `GET /api/models/{id}/history`.
pub(super) async fn history(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<ModelHistory>, Problem> {
    let (name, changes) = gateway.services.models.registry.history(&id)?;
    Ok(Json(ModelHistory { name, changes }))
}

/// `GET /api/models/{id}/export`.
pub(super) async fn export(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let export = move |models: &Workshop| Ok(models.registry.export(&id)?);
    let exported = gateway.ask_models(export).await?;
    // A slug, a number and letters: nothing to quote.
    let disposition = format!("attachment; filename=\"{}\"", exported.file_name);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, exported.bytes).into_response())
}

#[derive(Deserialize)]
pub(super) struct As {
    name: Option<String>,
}

/// `POST /api/models/import?name=`: the body is the file.
pub(super) async fn import(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Query(As { name }): Query<As>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Some(name) = name else {
        let detail = "name: is missing; say ?name=churn, whose next version the file becomes.";
        return Err(Problem::new(Kind::Unprocessable, detail));
    };
    let bytes = to_bytes(body, IMPORT_BYTES).await.map_err(|_| {
        let detail = format!("The file did not come whole, or is over {IMPORT_BYTES} bytes.");
        Problem::new(Kind::TooLarge, detail)
    })?;
    let import =
        move |models: &Workshop| Ok(models.registry.import(&name, &bytes, Some(&identity.user))?);
    let version = gateway.ask_models(import).await?;
    Ok((StatusCode::CREATED, Json(gateway.model_entry(&version))))
}

/// A body of JSON.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| Problem::new(Kind::Unprocessable, format!("The body: {error}.")))
}
