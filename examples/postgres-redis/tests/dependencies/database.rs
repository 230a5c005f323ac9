use tokio::task::JoinSet;

use crate::shop::{Shop, eventually};

#[tokio::test]
async fn a_killed_postgres_fails_the_check_until_it_is_back() {
    let Some((mut shop, mut postgres, _redis)) = Shop::open().await else {
        return;
    };
    postgres.server.kill();
    shop.until("database", "unhealthy", "failed").await;
    assert_eq!(shop.says("carts").await["status"], "healthy");
    assert!(shop.error("database").await.contains("no connection"));
    assert_eq!(shop.get("/orders/1").await.code, 503);
    postgres.start_again().await;
    shop.has_recovered().await;
}

#[tokio::test]
async fn a_frozen_postgres_times_the_check_out_until_it_thaws() {
    let Some((mut shop, postgres, _redis)) = Shop::open().await else {
        return;
    };
    postgres.server.freeze();
    shop.until("database", "unhealthy", "timed_out").await;
    assert_eq!(shop.says("carts").await["status"], "healthy");
    shop.until_asked_again("database").await;
    let said = shop.says("database").await;
    assert_eq!(
        said["reason"], "timed_out",
        "not stuck: the run was cancelled"
    );
    postgres.server.thaw();
    shop.has_recovered().await;
}

#[tokio::test]
async fn a_restarted_postgres_is_used_again() {
    let Some((mut shop, mut postgres, _redis)) = Shop::open().await else {
        return;
    };
    for _ in 0..2 {
        postgres.server.stop().unwrap();
        postgres.start_again().await;
        shop.until_asked_again("database").await;
        shop.has_recovered().await;
    }
}

#[tokio::test]
async fn a_changed_password_shows_once_a_connection_is_needed() {
    let Some((mut shop, postgres, _redis)) = Shop::open().await else {
        return;
    };
    postgres.tell("ALTER ROLE shop PASSWORD 'changed'").await;
    shop.until_asked_again("database").await;
    shop.sells().await;
    assert_eq!(
        shop.says("database").await["status"],
        "healthy",
        "what is connected still works"
    );
    postgres.hang_up().await;
    shop.until("database", "unhealthy", "failed").await;
    let error = shop.error("database").await;
    assert!(error.contains("password authentication failed"), "{error}");
    postgres.tell("ALTER ROLE shop PASSWORD 'secret'").await;
    shop.has_recovered().await;
}

#[tokio::test]
async fn a_server_without_slots_fails_the_check_until_one_is_free() {
    let Some((mut shop, postgres, _redis)) = Shop::open().await else {
        return;
    };
    postgres.tell("CREATE ROLE other LOGIN").await;
    let mut others = Vec::new();
    // The service may take a slot once or twice before the others have them all.
    eventually("the others have every slot", async || {
        while let Ok(other) = postgres.connect("other").await {
            others.push(other);
        }
        postgres.hang_up().await;
        shop.says("database").await["status"] == "unhealthy"
    })
    .await;
    shop.until("database", "unhealthy", "failed").await;
    let error = shop.error("database").await;
    assert!(
        error.contains("slots") || error.contains("too many clients"),
        "{error}"
    );
    drop(others);
    shop.has_recovered().await;
}

#[tokio::test]
async fn a_pool_that_the_service_itself_exhausts_is_degraded_and_then_fails() {
    let Some((mut shop, postgres, _redis)) = Shop::open().await else {
        return;
    };
    let mut holder = postgres.connect("postgres").await.unwrap();
    let lock = holder.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE orders").await.unwrap();
    let port = shop.port;
    let mut customers = JoinSet::new();
    for _ in 0..24 {
        customers.spawn(async move {
            loop {
                let _ = tests::get(port, "/orders/1").await;
            }
        });
    }
    shop.until("connections_left", "degraded", "reported").await;
    shop.until("database", "unhealthy", "failed").await;
    let error = shop.error("database").await;
    assert!(error.contains("8 of 8 connections are in use"), "{error}");
    customers.shutdown().await;
    lock.rollback().await.unwrap();
    shop.has_recovered().await;
}

#[tokio::test]
async fn a_postgres_that_takes_no_orders_fails_the_check_though_it_answers() {
    let Some((mut shop, postgres, _redis)) = Shop::open().await else {
        return;
    };
    let read_only = async |is: &str| {
        postgres
            .tell(&format!(
                "ALTER SYSTEM SET default_transaction_read_only = {is}"
            ))
            .await;
        postgres.tell("SELECT pg_reload_conf()").await;
    };
    read_only("on").await;
    shop.until("database", "unhealthy", "failed").await;
    assert_eq!(shop.error("database").await, "it is read-only");
    read_only("off").await;
    shop.has_recovered().await;
}
