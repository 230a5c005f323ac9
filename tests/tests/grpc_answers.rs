//! What the gRPC health service answers, over a real socket, in every state.

use std::collections::BTreeMap;

use health_core::{Check, Feature, Health};
use tests::grpc::{self, SEARCH, Search, Served, Shop, State, next, of, status};
use tests::{eventually, service};
use tonic::Code;
use tonic::server::NamedService;
use tonic::transport::Channel;
use tonic_health::pb::health_client::HealthClient;

const SERVING: &str = "SERVING";
const NOT_SERVING: &str = "NOT_SERVING";
const UNKNOWN: &str = "SERVICE_UNKNOWN";

/// In a state: liveness, startup, readiness, and the readiness of the feature.
const TABLE: [(State, [(&str, &str); 4]); 6] = {
    use State::{Degraded, Draining, NotAlive, NotReady, Ready, Starting};
    const ALIVE: (&str, &str) = (SERVING, "alive");
    const STARTED: (&str, &str) = (SERVING, "started");
    const READY: (&str, &str) = (SERVING, "ready");
    const WORSE: (&str, &str) = (SERVING, "degraded");
    const NOT: (&str, &str) = (NOT_SERVING, "not_ready");
    const DEAD: (&str, &str) = (NOT_SERVING, "not_alive");
    [
        (Starting, [ALIVE, (NOT_SERVING, "starting"), NOT, NOT]),
        (Ready, [ALIVE, STARTED, READY, READY]),
        (Degraded, [ALIVE, STARTED, WORSE, NOT]),
        (NotReady, [ALIVE, STARTED, NOT, NOT]),
        (NotAlive, [DEAD, STARTED, NOT, NOT]),
        (Draining, [ALIVE, STARTED, NOT, NOT]),
    ]
};

/// A name, and the column of the table that it asks for.
const NAMES: [(&str, usize); 7] = [
    ("liveness", 0),
    ("startup", 1),
    ("", 2),
    ("readiness", 2),
    ("shop.v1.Orders", 2),
    ("search", 3),
    ("shop.v1.Search", 3),
];

const UNKNOWN_NAMES: [&str; 5] = [
    "unneeded",
    "shop.v1",
    "Readiness",
    "deep",
    "shop.v1.Orders/",
];

/// What `Check` says, and the word in its metadata.
async fn check(client: &mut HealthClient<Channel>, name: &str) -> (&'static str, String) {
    let response = client.check(of(name)).await.unwrap();
    let word = response.metadata().get("x-health-status").unwrap();
    let word = word.to_str().unwrap().to_owned();
    (status(response.into_inner()), word)
}

/// The first message of a `Watch`.
async fn first(client: &mut HealthClient<Channel>, name: &str) -> Option<&'static str> {
    let mut watch = client.watch(of(name)).await.unwrap().into_inner();
    next(&mut watch).await
}

#[tokio::test]
async fn each_name_is_answered_in_each_state() {
    for (state, answers) in TABLE {
        let mut shop = Shop::open();
        // What comes after the start is seen to come after it.
        if state != State::Starting {
            shop.go(State::Ready).await;
        }
        shop.go(state).await;
        let served = Served::shop(&shop.health).await;
        let mut client = served.client().await;
        for (name, column) in NAMES {
            let (expected, word) = answers[column];
            let found = check(&mut client, name).await;
            assert_eq!((found.0, &*found.1), (expected, word), "{state:?}: {name}");
            let found = first(&mut client, name).await;
            assert_eq!(found, Some(expected), "{state:?}: Watch of {name}");
        }
        for name in UNKNOWN_NAMES {
            let refused = client.check(of(name)).await.unwrap_err();
            assert_eq!(refused.code(), Code::NotFound, "{state:?}: {name}");
            let found = first(&mut client, name).await;
            assert_eq!(found, Some(UNKNOWN), "{state:?}: Watch of {name}");
        }
    }
}

/// One watcher for each name sees the whole day of a shop, each answer once.
#[tokio::test]
async fn a_watch_is_told_of_every_other_answer_and_of_no_equal_one() {
    use State::{Degraded, Draining, NotReady, Ready, Starting};
    let mut shop = Shop::open();
    let served = Served::shop(&shop.health).await;
    let mut client = served.client().await;
    let mut watches = BTreeMap::new();
    for (name, column) in NAMES {
        let watch = client.watch(of(name)).await.unwrap().into_inner();
        watches.insert(name, (column, watch, None));
    }
    let mut unknown = client.watch(of("unneeded")).await.unwrap().into_inner();
    assert_eq!(next(&mut unknown).await, Some(UNKNOWN));

    for state in [
        Starting, Ready, Degraded, Ready, NotReady, Ready, Degraded, Draining,
    ] {
        shop.go(state).await;
        let (_, answers) = TABLE.iter().find(|(row, _)| *row == state).unwrap();
        for (name, (column, watch, last)) in &mut watches {
            let expected = answers[*column].0;
            if *last != Some(expected) {
                assert_eq!(next(watch).await, Some(expected), "{state:?}: {name}");
                *last = Some(expected);
            }
        }
    }
    // Nobody said how long draining takes, so it is over: every stream ends, and holds nothing more.
    for (name, (_, watch, _)) in &mut watches {
        assert_eq!(next(watch).await, None, "{name}");
    }
    assert_eq!(next(&mut unknown).await, None);
}

#[tokio::test]
async fn what_drains_is_not_serving_at_once_whatever_gets_better() {
    let mut shop = Shop::open();
    shop.go(State::Ready).await;
    shop.go(State::NotReady).await;
    let served = Served::shop(&shop.health).await;
    let mut client = served.client().await;
    shop.go(State::Draining).await;
    assert_eq!(check(&mut client, "").await.0, NOT_SERVING);
    // The database passes from now on.
    let health = &shop.health;
    eventually("healthy", || {
        health.readiness().critical["database"].status == health_core::Status::Healthy
    })
    .await;
    for (name, column) in NAMES {
        let expected = if column < 2 { SERVING } else { NOT_SERVING };
        assert_eq!(check(&mut client, name).await.0, expected, "{name}");
    }
}

/// The protocol has no such method in the version that tonic knows.
#[tokio::test]
async fn a_method_that_is_not_there_is_unimplemented() {
    let shop = Shop::open();
    let served = Served::shop(&shop.health).await;
    let mut client = tonic::client::Grpc::new({
        let endpoint =
            tonic::transport::Endpoint::from_shared(format!("http://{}", served.address));
        endpoint.unwrap().connect().await.unwrap()
    });
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<(), ()>::default();
    let path = tonic::codegen::http::uri::PathAndQuery::from_static("/grpc.health.v1.Health/List");
    let refused = client.unary(tonic::Request::new(()), path, codec).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unimplemented);
}

fn with_features(features: &[&'static str]) -> Health {
    let features = features.iter().map(|name| Feature::new(name));
    let check = Check::critical("database", || async { Ok::<_, &str>(()) });
    service().check(check.needed_by(features)).start().unwrap()
}

#[tokio::test]
async fn every_problem_with_the_names_is_said_at_once() {
    struct Liveness;
    impl NamedService for Liveness {
        const NAME: &'static str = "liveness";
    }
    const OTHER: Feature = Feature::new("other");

    let health = with_features(&["startup", "search", "readiness"]);
    let names = health_tonic::service(&health)
        .names_feature::<Search>(OTHER)
        .names::<Search>()
        .names::<Liveness>();
    let invalid = names.into_server().unwrap_err();
    assert_eq!(
        invalid.problems(),
        [
            "feature `readiness` has the name of a probe: give it another one",
            "feature `startup` has the name of a probe: give it another one",
            "`shop.v1.Search` stands for feature `other`, which no check needs: write it in the `needed_by` of one",
            "`shop.v1.Search` is both feature `other` and readiness: one name asks for one thing",
            "`liveness` is both liveness and readiness: one name asks for one thing",
        ]
    );
    let said = invalid.to_string();
    assert!(said.starts_with("the answers cannot be asked for by these names, for 5 reasons:\n  "));
    assert_eq!(format!("{invalid:?}"), said);
}

#[tokio::test]
async fn one_problem_stands_behind_the_sentence() {
    let health = with_features(&["liveness"]);
    let invalid = health_tonic::service(&health).into_server().unwrap_err();
    assert_eq!(
        invalid.to_string(),
        "the answers cannot be asked for by these names: feature `liveness` has the name of a probe: give it another one"
    );
}

#[tokio::test]
async fn a_name_may_be_said_twice_if_it_asks_for_one_thing() {
    let health = with_features(&["search"]);
    let names = health_tonic::service(&health)
        .names_feature::<Search>(SEARCH)
        .names_feature::<Search>(SEARCH)
        .names::<grpc::Orders>()
        .names::<grpc::Orders>();
    assert!(names.into_server().is_ok());
}
