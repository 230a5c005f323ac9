use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::shop::{Shop, eventually};

#[tokio::test]
async fn a_killed_redis_fails_the_check_until_it_is_back() {
    let Some((mut shop, _postgres, mut redis)) = Shop::open().await else {
        return;
    };
    redis.server.kill();
    shop.until("carts", "unhealthy", "failed").await;
    assert_eq!(shop.says("database").await["status"], "healthy");
    assert!(shop.error("carts").await.contains("no connection"));
    redis.start_again().await;
    shop.has_recovered().await;
}

#[tokio::test]
async fn a_frozen_redis_times_the_check_out_until_it_thaws() {
    let Some((mut shop, _postgres, redis)) = Shop::open().await else {
        return;
    };
    redis.server.freeze();
    shop.until("carts", "unhealthy", "timed_out").await;
    assert_eq!(shop.says("database").await["status"], "healthy");
    redis.server.thaw();
    shop.has_recovered().await;
}

#[tokio::test]
async fn a_restarted_redis_is_used_again() {
    let Some((mut shop, _postgres, mut redis)) = Shop::open().await else {
        return;
    };
    for _ in 0..2 {
        redis.server.stop().unwrap();
        redis.start_again().await;
        shop.until_asked_again("carts").await;
        shop.has_recovered().await;
    }
}

#[tokio::test]
async fn a_changed_password_shows_once_a_connection_is_needed() {
    let Some((mut shop, _postgres, redis)) = Shop::open().await else {
        return;
    };
    redis.tell("CONFIG SET requirepass changed").await;
    shop.until_asked_again("carts").await;
    assert_eq!(
        shop.says("carts").await["status"],
        "healthy",
        "what is connected still works"
    );
    redis
        .tell("AUTH changed\r\nCLIENT KILL TYPE normal SKIPME yes")
        .await;
    shop.until("carts", "unhealthy", "failed").await;
    let error = shop.error("carts").await;
    assert!(error.contains("AuthenticationFailed"), "{error}");
    redis
        .tell("AUTH changed\r\nCONFIG SET requirepass secret")
        .await;
    shop.has_recovered().await;
}

#[tokio::test]
async fn a_redis_without_slots_fails_the_check_until_one_is_free() {
    let Some((mut shop, _postgres, redis)) = Shop::open().await else {
        return;
    };
    // Connected before, because nobody is let in afterwards.
    let mut administrator = redis.connect().await;
    let mut tell = async |command: &[u8]| administrator.write_all(command).await.unwrap();
    tell(b"CONFIG SET maxclients 4\r\n").await;
    let mut others = Vec::new();
    // The service may take a slot once or twice before the others have them all.
    eventually("the others have every slot", async || {
        tell(b"CLIENT KILL TYPE normal SKIPME yes\r\n").await;
        others.clear();
        for _ in 0..4 {
            others.push(TcpStream::connect(("127.0.0.1", redis.port)).await.unwrap());
        }
        shop.says("carts").await["status"] == "unhealthy"
    })
    .await;
    shop.until("carts", "unhealthy", "failed").await;
    tell(b"CONFIG SET maxclients 100\r\n").await;
    drop(others);
    shop.has_recovered().await;
}

#[tokio::test]
async fn a_redis_that_takes_no_carts_fails_the_check_though_it_answers_a_ping() {
    let Some((mut shop, _postgres, redis)) = Shop::open().await else {
        return;
    };
    redis.tell("CONFIG SET maxmemory 1").await;
    shop.until("carts", "unhealthy", "failed").await;
    let error = shop.error("carts").await;
    assert!(error.contains("OOM"), "{error}");
    redis.tell("CONFIG SET maxmemory 0").await;
    shop.has_recovered().await;
}
