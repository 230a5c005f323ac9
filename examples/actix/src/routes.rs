use actix_web::HttpResponse;
use actix_web::dev::Service;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Path, PayloadConfig, ServiceConfig};
use health_core::{ErrorRate, Health};
use orders::{Orders, RECEIPTS, Refused};
use serde::Serialize;

use crate::adapter;

/// `POST /orders`, `GET /orders`, `GET /orders/{id}` and, while there are receipts, `GET /receipts/{id}`.
///
/// Orders are recorded; what a closed gate answers is no error of the receipts'.
pub(crate) fn routes(
    health: &Health,
    errors: &ErrorRate,
    orders: &Orders,
) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let (health, errors, orders) = (health.clone(), errors.clone(), orders.clone());
    move |config| {
        let recorded = web::scope("/orders")
            .route("", web::post().to(take))
            .route("", web::get().to(list))
            .route("/{id}", web::get().to(show))
            .wrap_fn(move |request, next| {
                let (errors, response) = (errors.clone(), next.call(request));
                async move {
                    let response = response.await?;
                    adapter::record(&errors, &response);
                    Ok(response)
                }
            });
        config
            .app_data(Data::new(orders))
            .app_data(Data::new(health))
            .app_data(PayloadConfig::new(16 * 1024))
            .service(recorded)
            .route("/receipts/{id}", web::get().to(receipt));
    }
}

async fn take(orders: Data<Orders>, body: Bytes) -> HttpResponse {
    reply(StatusCode::CREATED, orders.take(&body).await)
}

async fn list(orders: Data<Orders>) -> HttpResponse {
    reply(StatusCode::OK, orders.list().await)
}

async fn show(orders: Data<Orders>, id: Path<i64>) -> HttpResponse {
    reply(StatusCode::OK, orders.show(*id).await)
}

async fn receipt(health: Data<Health>, orders: Data<Orders>, id: Path<i64>) -> HttpResponse {
    match adapter::gate(&health, &RECEIPTS) {
        Some(closed) => closed,
        None => reply(StatusCode::OK, orders.receipt(*id).await),
    }
}

fn reply(code: StatusCode, done: Result<impl Serialize, Refused>) -> HttpResponse {
    match done {
        Ok(body) => HttpResponse::build(code).json(body),
        Err(refused) => {
            let code = StatusCode::from_u16(refused.code()).expect("it is a status code");
            HttpResponse::build(code).json(refused.json())
        }
    }
}
