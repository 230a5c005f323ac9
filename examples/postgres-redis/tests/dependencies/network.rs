use std::time::Duration;

use tests::{Network, Proxy};

use crate::postgres::Postgres;
use crate::redis::Redis;
use crate::shop::Shop;

/// The fault, and the reason that the check gives.
const FAULTS: [(Network, &str); 4] = [
    (Network::Delays(Duration::from_secs(3)), "timed_out"),
    (Network::BlackHole, "timed_out"),
    (Network::Resets, "failed"),
    (Network::HalfCloses, "failed"),
];

#[tokio::test]
async fn every_fault_of_the_network_shows_and_passes() {
    let (Some(postgres), Some(redis)) = (Postgres::start().await, Redis::start().await) else {
        return;
    };
    let survives = |(fault, reason)| survives(fault, reason, postgres.port, redis.port);
    let [delays, black_hole, resets, half_closes] = FAULTS.map(survives);
    tokio::join!(delays, black_hole, resets, half_closes);
}

async fn survives(fault: Network, reason: &str, postgres: u16, redis: u16) {
    let postgres = Proxy::before(postgres).await.unwrap();
    let redis = Proxy::before(redis).await.unwrap();
    let mut shop = Shop::start(postgres.port(), redis.port()).await;
    shop.until_ready().await;
    for (proxy, check, other) in [
        (&postgres, "database", "carts"),
        (&redis, "carts", "database"),
    ] {
        println!("{check}: {fault:?}");
        proxy.set(fault);
        shop.until(check, "unhealthy", reason).await;
        assert_eq!(shop.says(other).await["status"], "healthy", "{fault:?}");
        proxy.set(Network::Works);
        shop.has_recovered().await;
    }
}

#[tokio::test]
async fn a_slow_network_is_only_slow() {
    let (Some(postgres), Some(redis)) = (Postgres::start().await, Redis::start().await) else {
        return;
    };
    let (postgres, redis) = (
        Proxy::before(postgres.port).await.unwrap(),
        Proxy::before(redis.port).await.unwrap(),
    );
    let mut shop = Shop::start(postgres.port(), redis.port()).await;
    shop.until_ready().await;
    for proxy in [&postgres, &redis] {
        proxy.set(Network::Delays(Duration::from_millis(50)));
    }
    for check in ["database", "carts"] {
        shop.until_asked_again(check).await;
        assert_eq!(shop.says(check).await["status"], "healthy", "{check}");
        let latency = shop.deep().await["checks"][check]["latency_ms"].as_f64();
        assert!(latency >= Some(100.0), "{check}: {latency:?} ms");
    }
    shop.has_recovered().await;
}
