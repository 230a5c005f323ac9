use health_core::{ErrorRate, Health};
use orders::{Orders, RECEIPTS, Refused};
use serde::Serialize;
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::reply::{Reply, Response, json, with_status};
use warp::{Filter, path};

/// `POST /orders`, `GET /orders`, `GET /orders/{id}` and, while there are receipts, `GET /receipts/{id}`.
///
/// What a closed gate answers is no error of the receipts', so they are recorded inside of it.
pub(crate) fn routes(
    health: &Health,
    errors: &ErrorRate,
    orders: Orders,
) -> BoxedFilter<(Response,)> {
    let with_orders = warp::any().map(move || orders.clone());
    let take = path!("orders")
        .and(warp::post())
        .and(warp::body::content_length_limit(16 * 1024))
        .and(warp::body::bytes())
        .and(with_orders.clone())
        .then(async |body: bytes::Bytes, orders: Orders| {
            reply(StatusCode::CREATED, orders.take(&body).await)
        });
    let list = path!("orders")
        .and(warp::get())
        .and(with_orders.clone())
        .then(async |orders: Orders| reply(StatusCode::OK, orders.list().await));
    let show = path!("orders" / i64)
        .and(warp::get())
        .and(with_orders.clone())
        .then(async |id, orders: Orders| reply(StatusCode::OK, orders.show(id).await));
    let receipt = path!(i64)
        .and(warp::get())
        .and(with_orders)
        .then(async |id, orders: Orders| reply(StatusCode::OK, orders.receipt(id).await));
    let receipt = health_warp::record(errors, receipt);
    let receipts = path("receipts").and(health_warp::gate(health, RECEIPTS, receipt));
    let orders = health_warp::record(errors, take.or(list).unify().or(show).unify());
    orders.or(receipts).unify().boxed()
}

fn reply(code: StatusCode, done: Result<impl Serialize, Refused>) -> Response {
    match done {
        Ok(body) => with_status(json(&body), code).into_response(),
        Err(refused) => {
            let code = StatusCode::from_u16(refused.code()).expect("it is a status code");
            with_status(json(&refused.json()), code).into_response()
        }
    }
}
