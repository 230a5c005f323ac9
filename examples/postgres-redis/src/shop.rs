use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use serde::Serialize;
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::reply::{Reply, Response, json, with_status};
use warp::{Filter, path};

use crate::carts::Carts;
use crate::database::Database;
use crate::pool::Unavailable;

#[derive(Serialize)]
struct Cart {
    items: u64,
}

#[derive(Serialize)]
struct Problem {
    error: &'static str,
}

/// `POST /carts/{customer}/{item}`, `POST /orders/{customer}` and `GET /orders/{id}`.
pub(crate) fn routes(database: Arc<Database>, carts: Arc<Carts>) -> BoxedFilter<(Response,)> {
    let put = path!("carts" / String / String)
        .and(warp::post())
        .and(with(Arc::clone(&carts)))
        .then(put);
    let order = path!("orders" / String)
        .and(warp::post())
        .and(with(Arc::clone(&database)))
        .and(with(carts))
        .then(order);
    let show = path!("orders" / i64)
        .and(warp::get())
        .and(with(database))
        .then(show);
    put.or(order).unify().or(show).unify().boxed()
}

async fn put(customer: String, item: String, carts: Arc<Carts>) -> Response {
    match carts.put(&customer, &item).await {
        Ok(items) => json(&Cart { items }).into_response(),
        Err(error) => unavailable(&error),
    }
}

async fn order(customer: String, database: Arc<Database>, carts: Arc<Carts>) -> Response {
    let items = match carts.items(&customer).await {
        Ok(items) if items.is_empty() => {
            return problem(StatusCode::UNPROCESSABLE_ENTITY, "the cart is empty");
        }
        Ok(items) => items,
        Err(error) => return unavailable(&error),
    };
    let order = match database.insert(&customer, items).await {
        Ok(order) => order,
        Err(error) => return unavailable(&error),
    };
    if let Err(error) = carts.take(&customer, order.items.len()).await {
        log(&error, "the order was placed, but is still in the cart");
    }
    with_status(json(&order), StatusCode::CREATED).into_response()
}

async fn show(id: i64, database: Arc<Database>) -> Response {
    match database.order(id).await {
        Ok(Some(order)) => json(&order).into_response(),
        Ok(None) => problem(StatusCode::NOT_FOUND, "there is no such order"),
        Err(error) => unavailable(&error),
    }
}

fn unavailable(error: &Unavailable) -> Response {
    log(error, "a request was turned away");
    problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "the shop is closed right now",
    )
}

fn log(error: &Unavailable, consequence: &str) {
    tracing::warn!(error = error as &dyn Error, "{consequence}");
}

fn problem(status: StatusCode, error: &'static str) -> Response {
    with_status(json(&Problem { error }), status).into_response()
}

fn with<T: Clone + Send>(value: T) -> impl Filter<Extract = (T,), Error = Infallible> + Clone {
    warp::any().map(move || value.clone())
}
