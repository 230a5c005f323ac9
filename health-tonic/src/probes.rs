use std::collections::BTreeMap;

use futures_util::StreamExt;
use health_core::Health;
use tonic::codegen::BoxStream;
use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::question::Question;
use crate::watch::watch;

/// The probes as tonic serves them; made by [`Names::into_server`](crate::Names::into_server).
#[derive(Debug)]
pub struct Probes {
    health: Health,
    questions: BTreeMap<String, Question>,
}

impl Probes {
    pub(crate) fn new(health: Health, questions: BTreeMap<String, Question>) -> Probes {
        Probes { health, questions }
    }
}

#[tonic::async_trait]
impl health_server::Health for Probes {
    type WatchStream = BoxStream<HealthCheckResponse>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let Some(question) = self.questions.get(&request.get_ref().service) else {
            // Without the name, which may be longer than a header can be.
            return Err(Status::not_found(
                "no probe, feature or service has this name",
            ));
        };
        let (status, word) = question.ask(&self.health);
        let mut response = Response::new(response(status));
        let word = MetadataValue::from_static(word);
        response.metadata_mut().insert("x-health-status", word);
        Ok(response)
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let question = self.questions.get(&request.get_ref().service).cloned();
        let statuses = watch(self.health.clone(), question);
        let responses = statuses.map(|status| Ok(response(status)));
        Ok(Response::new(responses.boxed()))
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}
