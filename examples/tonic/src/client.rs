//! What asks the running service: `order ITEM QUANTITY`, `orders`, `find WORD`, `watch [NAME]`.

use std::error::Error;
use std::net::SocketAddr;

use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::proto::orders_client::OrdersClient;
use crate::proto::search_client::SearchClient;
use crate::proto::{FindRequest, ListRequest, PlaceRequest};

/// Asks, and prints the answer.
pub(crate) async fn ask(address: SocketAddr, words: &[&str]) -> Result<(), Box<dyn Error>> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect_lazy();
    match words {
        ["order", item, quantity] => {
            let (item, quantity) = ((*item).to_owned(), quantity.parse()?);
            let order = PlaceRequest { item, quantity };
            let order = OrdersClient::new(channel).place(order).await?;
            println!("{:?}", order.into_inner());
        }
        ["orders"] => {
            let list = OrdersClient::new(channel).list(ListRequest {}).await?;
            for order in list.into_inner().orders {
                println!("{order:?}");
            }
        }
        ["find", word] => {
            let word = (*word).to_owned();
            let found = SearchClient::new(channel)
                .find(FindRequest { word })
                .await?;
            println!("{}", found.into_inner().items.join("\n"));
        }
        ["watch", name @ ..] => {
            let service = name.concat();
            let request = HealthCheckRequest { service };
            let answers = HealthClient::new(channel).watch(request).await?;
            let mut answers = answers.into_inner();
            while let Some(answer) = answers.message().await? {
                println!("{}", answer.status().as_str_name());
            }
        }
        _ => {
            return Err(
                "say `order ITEM QUANTITY`, `orders`, `find WORD` or `watch [NAME]`".into(),
            );
        }
    }
    Ok(())
}
