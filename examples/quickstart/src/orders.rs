use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::reply::{Reply, Response, json, with_status};
use warp::{Filter, path};

use crate::catalog::Catalog;
use crate::database::Database;
use crate::receipts::Worker;

#[derive(Deserialize)]
struct NewOrder {
    item: String,
    quantity: u32,
}

#[derive(Serialize)]
struct Problem {
    error: String,
}

/// `POST /orders`, `GET /orders` and `GET /orders/{id}`.
pub(crate) fn routes(
    database: Arc<Database>,
    catalog: Arc<Catalog>,
    worker: Arc<Worker>,
) -> BoxedFilter<(Response,)> {
    let on = with(database);
    let take = path!("orders")
        .and(warp::post())
        .and(warp::body::content_length_limit(16 * 1024))
        .and(warp::body::bytes())
        .and(on.clone())
        .and(with(catalog))
        .and(with(worker))
        .then(take);
    let list = path!("orders").and(warp::get()).and(on.clone()).then(list);
    let show = path!("orders" / i64).and(warp::get()).and(on).then(show);
    take.or(list).unify().or(show).unify().boxed()
}

async fn take(
    body: Bytes,
    database: Arc<Database>,
    catalog: Arc<Catalog>,
    worker: Arc<Worker>,
) -> Response {
    let order: NewOrder = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => {
            let example = r#"send {"item":"tea","quantity":2}"#;
            return problem(StatusCode::BAD_REQUEST, format!("{error}: {example}"));
        }
    };
    let Some(price) = catalog.price_cents(&order.item) else {
        return problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("there is no `{}`", order.item),
        );
    };
    if order.quantity == 0 {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "order at least one");
    }
    let total = price * i64::from(order.quantity);
    match on_database(database, move |database| {
        database.insert(&order.item, order.quantity, total)
    })
    .await
    {
        Ok(order) => {
            worker.receipt(order.clone());
            with_status(json(&order), StatusCode::CREATED).into_response()
        }
        Err(problem) => problem,
    }
}

async fn list(database: Arc<Database>) -> Response {
    on_database(database, Database::orders)
        .await
        .map_or_else(|problem| problem, |orders| json(&orders).into_response())
}

async fn show(id: i64, database: Arc<Database>) -> Response {
    match on_database(database, move |database| database.order(id)).await {
        Ok(Some(order)) => json(&order).into_response(),
        Ok(None) => problem(StatusCode::NOT_FOUND, format!("there is no order {id}")),
        Err(problem) => problem,
    }
}

/// The database blocks, so it gets a thread that may.
async fn on_database<T: Send + 'static>(
    database: Arc<Database>,
    work: impl FnOnce(&Database) -> Result<T, rusqlite::Error> + Send + 'static,
) -> Result<T, Response> {
    let done = tokio::task::spawn_blocking(move || work(&database)).await;
    done.map_err(|error| error.to_string())
        .and_then(|done| done.map_err(|error| error.to_string()))
        .map_err(|error| {
            tracing::error!(%error, "the database failed");
            problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "orders cannot be stored right now",
            )
        })
}

fn problem(status: StatusCode, error: impl Into<String>) -> Response {
    with_status(
        json(&Problem {
            error: error.into(),
        }),
        status,
    )
    .into_response()
}

fn with<T: Clone + Send>(value: T) -> impl Filter<Extract = (T,), Error = Infallible> + Clone {
    warp::any().map(move || value.clone())
}
