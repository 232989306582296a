//! What guests write to standard output and standard error: it becomes log lines.

use super::errno::Errno;
use super::guest::Guest;
use crate::engine::host::Logs;

/// One stream, with the line that has no end yet.
#[derive(Debug, Default)]
pub struct Output {
    partial: Vec<u8>,
}

impl Output {
    /// Takes what was written. Returns how many bytes were looked at; those for which the logs have no room are not.
    pub fn write(&mut self, bytes: &[u8], logs: &mut Logs) -> usize {
        let mut done = 0;
        while let Some(room) = logs.room() {
            let rest = bytes.get(done..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            // One byte more than there is room for, and the logs are cut.
            let most = (room + 1).saturating_sub(self.partial.len());
            let window = rest.get(..most).unwrap_or(rest);
            let line_end = window.iter().position(|byte| *byte == b'\n');
            let line = window.get(..line_end.unwrap_or(window.len())).unwrap_or_default();
            self.partial.extend_from_slice(line);
            done += line.len();
            if line_end.is_some() {
                done += 1;
            } else if self.partial.len() <= room {
                break;
            }
            self.end_line(logs);
        }
        done
    }

    /// Ends the last line, if it has no end.
    pub fn flush(&mut self, logs: &mut Logs) {
        if !self.partial.is_empty() {
            self.end_line(logs);
        }
    }

    fn end_line(&mut self, logs: &mut Logs) {
        logs.add(&self.partial);
        self.partial.clear();
    }
}

/// `fd_write`.
pub fn write(guest: &mut Guest<'_>, descriptor: u32, buffers: u32, count: u32, written: u32) -> Result<(), Errno> {
    if !matches!(descriptor, 1 | 2) {
        return Err(guest.wasi().files.write_error(descriptor));
    }
    let mut total = 0_u32;
    for buffer in guest.buffers(buffers, count)? {
        // More than fits into the number of bytes is left to the next call.
        let Some(sum) = u32::try_from(buffer.length)
            .ok()
            .and_then(|length| total.checked_add(length))
        else {
            break;
        };
        total = sum;
        let (bytes, state) = guest.split(buffer);
        let output = if descriptor == 1 {
            &mut state.wasi.stdout
        } else {
            &mut state.wasi.stderr
        };
        let looked_at = output.write(bytes, &mut state.logs);
        guest.pay(looked_at as u64)?;
    }
    guest.put_u32(written, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(limit: usize, writes: &[&str]) -> Vec<String> {
        let mut logs = Logs::new(limit);
        let mut output = Output::default();
        for text in writes {
            output.write(text.as_bytes(), &mut logs);
        }
        output.flush(&mut logs);
        logs.into_lines()
    }

    #[test]
    fn lines_are_put_together() {
        assert_eq!(lines(100, &["a", "b\n", "\nc\nd"]), ["ab", "", "c", "d"]);
        assert!(lines(100, &["", ""]).is_empty());
    }

    #[test]
    fn floods_are_cut_and_not_kept() {
        assert_eq!(lines(5, &["abc\n", "defg\n"]), ["abc", "d", Logs::CUT]);
        let mut logs = Logs::new(5);
        let mut output = Output::default();
        assert_eq!(output.write(&[b'x'; 1 << 20], &mut logs), 6);
        assert_eq!(output.write(&[b'x'; 1 << 20], &mut logs), 0);
        assert!(output.partial.is_empty());
        assert_eq!(logs.into_lines(), ["xxxxx", Logs::CUT]);
    }
}
