//! Jobs as they come out of Redis. A payload that cannot be read is a job too, a bad one: as a
//! fault of the backend it would end the worker, come again, and end the next one.

use apalis::prelude::Codec;
use contracts::email::EmailJob;
use ulid::Ulid;

/// A job, or what is wrong with it.
pub struct Incoming(pub Result<EmailJob, String>);

/// Reads what booking writes (JSON), and never fails.
#[derive(Clone, Debug, Default)]
pub struct Lenient;

impl Codec<Incoming> for Lenient {
    type Error = serde_json::Error;
    type Compact = Vec<u8>;

    fn encode(&self, job: &Incoming) -> Result<Vec<u8>, Self::Error> {
        serde_json::to_vec(&job.0.as_ref().ok())
    }

    fn decode(&self, bytes: &Vec<u8>) -> Result<Incoming, Self::Error> {
        Ok(Incoming(read(bytes)))
    }
}

fn read(bytes: &[u8]) -> Result<EmailJob, String> {
    let job: EmailJob = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    match Ulid::from_string(&job.job_id).map(|id| id.to_string()) {
        Ok(id) if id == job.job_id => Ok(job),
        _ => Err("jobId is no ULID in upper case".to_owned()),
    }
}
