//! Lines on their way into the log. A thread writes out what has come together in a moment, so that
//! a line costs a request no more than a copy: to wake a thread for it costs as much as half of all
//! else that a ping does.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use tracing_subscriber::fmt::MakeWriter;

/// How long lines come together.
const MOMENT: Duration = Duration::from_millis(10);
/// More bytes than this do not wait: while nobody takes the log, lines get lost, and are counted.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// What a buffer keeps once it was written out.
const KEPT_BYTES: usize = 256 * 1024;
/// How long the end waits for the last lines to be taken.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where lines are put.
#[derive(Clone)]
pub(super) struct Queue(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    begun: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    lost: u64,
    is_over: bool,
}

/// The thread that writes them out; dropped, it writes the last.
pub(super) struct Writer {
    queue: Queue,
    thread: thread::JoinHandle<()>,
}

impl Queue {
    /// One that is written to all of `outputs`.
    pub(super) fn to(outputs: Vec<Box<dyn Write + Send>>) -> (Self, Writer) {
        let queue = Self(Arc::default());
        let mine = queue.clone();
        let thread = thread::spawn(move || mine.write_out(outputs));
        let writer = Writer {
            queue: queue.clone(),
            thread,
        };
        (queue, writer)
    }

    fn put(&self, line: &[u8]) {
        let mut waiting = self.waiting();
        if waiting.lines.len() + line.len() > MOST_BYTES {
            waiting.lost += 1;
            return;
        }
        if waiting.lines.is_empty() {
            self.0.begun.notify_one();
        }
        waiting.lines.extend_from_slice(line);
    }

    fn write_out(&self, mut outputs: Vec<Box<dyn Write + Send>>) {
        let mut lines = vec![];
        let mut is_over = false;
        while !is_over {
            let mut waiting = self
                .0
                .begun
                .wait_while(self.waiting(), |waiting| {
                    waiting.lines.is_empty() && !waiting.is_over
                })
                .expect(UNBROKEN);
            if !waiting.is_over {
                drop(waiting);
                thread::sleep(MOMENT);
                waiting = self.waiting();
            }
            is_over = waiting.is_over;
            mem::swap(&mut lines, &mut waiting.lines);
            let lost = mem::take(&mut waiting.lost);
            drop(waiting);
            if lost > 0 {
                let note = r#"{"level":"WARN","message":"lines of the log were lost","lost":"#;
                let _ = writeln!(lines, "{note}{lost}}}");
            }
            for output in &mut outputs {
                // There is nowhere to say that the log cannot be written.
                let _ = output.write_all(&lines).and_then(|()| output.flush());
            }
            lines.clear();
            lines.shrink_to(KEPT_BYTES);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().expect(UNBROKEN)
    }
}

const UNBROKEN: &str = "invariant: copying lines does not panic";

impl<'a> MakeWriter<'a> for Queue {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.put(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.waiting().is_over = true;
        self.queue.0.begun.notify_one();
        let until = Instant::now() + FAREWELL;
        while !self.thread.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Hands on what is written, as often as somebody takes it.
    struct Pipe(mpsc::SyncSender<Vec<u8>>);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let sent = self.0.send(bytes.to_vec());
            sent.map(|()| bytes.len()).map_err(io::Error::other)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_come_out_whole_and_in_order_and_the_last_too() {
        let (sender, taken) = mpsc::sync_channel(1_000);
        let (mut queue, writer) = Queue::to(vec![Box::new(Pipe(sender))]);
        let lines = (0..1_000).map(|number| format!("line {number}\n"));
        let lines: Vec<_> = lines.collect();
        for line in &lines {
            queue.write_all(line.as_bytes()).expect("taken");
        }
        drop(writer);
        let pieces: Vec<_> = taken.try_iter().collect();
        assert!(pieces.len() < 500, "{} writes", pieces.len());
        assert_eq!(
            String::from_utf8(pieces.concat()).expect("text"),
            lines.concat()
        );
    }

    #[test]
    fn nobody_waits_for_a_log_that_nobody_takes() {
        let (sender, taken) = mpsc::sync_channel(0);
        let (mut queue, writer) = Queue::to(vec![Box::new(Pipe(sender))]);
        let line = vec![b'x'; 1024 * 1024];
        for _ in 0..40 {
            queue.write_all(&line).expect("taken");
        }
        let reader = thread::spawn(move || taken.iter().map(|piece| piece.len()).sum::<usize>());
        drop(writer);
        let read = reader.join().expect("no panic");
        let most = 2 * MOST_BYTES + 1024;
        assert!((MOST_BYTES..most).contains(&read), "{read}");
    }
}
