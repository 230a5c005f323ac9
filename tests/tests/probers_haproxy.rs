//! What `HAProxy` makes of a service in every state.
#![cfg(unix)]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use tests::balancer::{Fleet, Kind};
use tests::eventually;
use tests::stage::Act;

/// The line that its file shows in a comment.
const TO_ALL: [(&str, &str); 1] = [("# use_backend", "use_backend")];

/// What it holds the first server of a backend to be: its status, and what the last check saw.
fn verdict(fleet: &Fleet, backend: &str) -> Option<(String, String)> {
    let table = ask(fleet, "show stat\n")?;
    let mut lines = table.lines();
    let head: Vec<_> = lines.next()?.trim_start_matches("# ").split(',').collect();
    let column = |name| head.iter().position(|column| *column == name);
    let row = lines.find(|line| line.starts_with(&format!("{backend},one,")))?;
    let cells: Vec<_> = row.split(',').collect();
    let cell = |name| Some((*cells.get(column(name)?)?).to_owned());
    Some((cell("status")?, cell("check_code")?))
}

fn ask(fleet: &Fleet, command: &str) -> Option<String> {
    let socket = fleet.balancer.directory().join("admin.sock");
    let mut stream = UnixStream::connect(socket).ok()?;
    stream.write_all(command.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_gets_traffic_exactly_while_it_is_ready() {
    Fleet::sends_to_the_first(Kind::Haproxy, "/", Act::serves).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_ask_finds_the_same() {
    let acts = [Act::Starting, Act::Ready, Act::Ready];
    let Some(mut fleet) = Fleet::start(Kind::Haproxy, acts, &[]).await else {
        return;
    };
    for act in Act::ALL {
        fleet.stages[0].go(act).await;
        let expected = if act.serves() {
            ("UP".into(), "200".into())
        } else {
            ("DOWN".into(), "503".into())
        };
        for backend in ["orders", "orders_by_get", "orders_feature"] {
            eventually(&format!("{act:?}: {backend} is {expected:?}"), || {
                verdict(&fleet, backend).as_ref() == Some(&expected)
            })
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_none_is_ready_it_answers_itself() {
    let Some(mut fleet) = Fleet::start(Kind::Haproxy, [Act::Ready; 3], &[]).await else {
        return;
    };
    fleet.serves("/").await;
    fleet.settles("all are ready", "/", [true; 3]).await;
    fleet.go(Act::NotReady).await;
    fleet.answers_itself("none is ready", "/", 503).await;
    fleet.go(Act::Ready).await;
    fleet.serves("/").await;
    fleet.settles("they are ready again", "/", [true; 3]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_told_to_send_to_all_when_none_is_ready() {
    let Some(mut fleet) = Fleet::start(Kind::Haproxy, [Act::Ready; 3], &TO_ALL).await else {
        return;
    };
    fleet.serves("/").await;
    fleet.settles("all are ready", "/", [true; 3]).await;
    fleet.stages[0].go(Act::NotReady).await;
    fleet
        .settles("one is not ready", "/", [false, true, true])
        .await;
    fleet.go(Act::NotReady).await;
    fleet.settles("none is ready", "/", [true; 3]).await;
    fleet.stages[1].go(Act::Ready).await;
    fleet
        .settles("one is ready again", "/", [false, true, false])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_takes_no_instance_out() {
    // Nobody else asks the same.
    let others = [("GET /health/ready", "GET /health/live")];
    Fleet::forgives_a_lost_answer(Kind::Haproxy, &others).await;
}
