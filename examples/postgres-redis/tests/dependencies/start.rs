use tests::free_port;

use crate::postgres::Postgres;
use crate::redis::Redis;
use crate::shop::Shop;

#[tokio::test]
async fn a_service_may_start_before_its_servers() {
    let (postgres, redis) = (free_port(), free_port());
    let mut shop = Shop::start(postgres, redis).await;
    shop.until("database", "unhealthy", "failed").await;
    shop.until("carts", "unhealthy", "failed").await;
    assert_eq!(shop.get("/health/startup").await.code, 503);
    let (Some(_postgres), Some(_redis)) = (
        Postgres::start_on(postgres).await,
        Redis::start_on(redis).await,
    ) else {
        return;
    };
    shop.has_recovered().await;
    assert_eq!(shop.get("/health/startup").await.code, 200);
}

#[tokio::test]
async fn a_service_asked_to_end_does_so_though_its_servers_are_frozen() {
    let Some((mut shop, postgres, redis)) = Shop::open().await else {
        return;
    };
    postgres.server.freeze();
    redis.server.freeze();
    let port = shop.port;
    let waits = tokio::spawn(async move { tests::get(port, "/orders/1").await });
    shop.until("database", "unhealthy", "timed_out").await;
    shop.ask_to_end();
    shop.until_ready_says("draining", |body| body["reason"] == "draining")
        .await;
    assert_eq!(shop.get("/health/live").await.code, 200);
    assert!(shop.has_ended().await.success());
    assert_eq!(waits.await.unwrap().unwrap().code, 503, "it was answered");
}
