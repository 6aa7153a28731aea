//! nginx before nginx with a static reply: what a proxy and a server cost at least, on this
//! machine, now.

use std::{fs, path::Path, time::Duration};

use super::{
    http1,
    load::{self, Measured, Script},
    nginx::Nginx,
};

/// Two nginx processes, one before the other.
pub struct Yardstick {
    front: Nginx,
    _back: Nginx,
    replies: std::path::PathBuf,
}

impl Yardstick {
    /// Starts them, or `None` where nginx is not installed.
    pub fn start(folder: &Path) -> anyhow::Result<Option<Self>> {
        if !Nginx::is_there() {
            return Ok(None);
        }
        let replies = folder.join("replies");
        fs::create_dir_all(&replies)?;
        let serve = format!(
            "root {}; default_type application/json; open_file_cache max=16;",
            replies.display()
        );
        let back = Nginx::start(folder, "back", "", &serve)?;
        Ok(Some(Self {
            front: Nginx::before(folder, "front", &back, "")?,
            _back: back,
            replies,
        }))
    }

    /// Closed-loop load of a reply of so many bytes.
    pub async fn measure(
        &self,
        bytes: usize,
        connections: usize,
        length: Duration,
    ) -> anyhow::Result<Measured> {
        let name = format!("reply-{bytes}");
        fs::write(self.replies.join(&name), "x".repeat(bytes))?;
        let script = |_| {
            let path = format!("/{name}");
            Script {
                next: Box::new(move |out| {
                    http1::write(out, "GET", &path, "", "");
                    true
                }),
                check: Box::new(move |status, body| status == 200 && body.len() == bytes),
            }
        };
        let scripts = (0..connections).map(script).collect();
        load::run(&[self.front.address], scripts, length).await
    }
}
