use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use health_core::{ErrorRate, Health};
use orders::{Orders, RECEIPTS, Refused};
use serde::Serialize;

/// `POST /orders`, `GET /orders`, `GET /orders/{id}` and, while there are receipts, `GET /receipts/{id}`.
///
/// What a closed gate answers is no error of the receipts', so they are recorded inside of it.
pub(crate) fn routes(health: &Health, errors: &ErrorRate, orders: Orders) -> Router {
    let receipts = Router::new()
        .route("/receipts/{id}", get(receipt))
        .layer(health_axum::record(errors))
        .layer(health_axum::gate(health, RECEIPTS));
    Router::new()
        .route("/orders", get(list).post(take))
        .route("/orders/{id}", get(show))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .layer(health_axum::record(errors))
        .merge(receipts)
        .with_state(orders)
}

async fn take(State(orders): State<Orders>, body: Bytes) -> Response {
    reply(StatusCode::CREATED, orders.take(&body).await)
}

async fn list(State(orders): State<Orders>) -> Response {
    reply(StatusCode::OK, orders.list().await)
}

async fn show(State(orders): State<Orders>, Path(id): Path<i64>) -> Response {
    reply(StatusCode::OK, orders.show(id).await)
}

async fn receipt(State(orders): State<Orders>, Path(id): Path<i64>) -> Response {
    reply(StatusCode::OK, orders.receipt(id).await)
}

fn reply(code: StatusCode, done: Result<impl Serialize, Refused>) -> Response {
    match done {
        Ok(body) => (code, Json(body)).into_response(),
        Err(refused) => {
            let code = StatusCode::from_u16(refused.code()).expect("it is a status code");
            (code, Json(refused.json())).into_response()
        }
    }
}
