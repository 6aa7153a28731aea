//! The examples of a document.

use regex::Regex;

/// A block of commands, and the answer that the document gives them.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    /// Where it begins, from 1.
    pub line: usize,
    /// The commands.
    pub code: String,
    /// What is said to come of them; empty where nothing is said.
    pub answer: String,
}

impl Example {
    /// The commands as they are for a stack whose ports are so much higher, with another data folder.
    pub fn code_for(&self, offset: u16) -> String {
        let port = Regex::new(r"127\.0\.0\.1:(\$?\w+)").expect("invariant: it is an expression");
        let code = port.replace_all(&self.code, format!("127.0.0.1:$$(($1 + {offset}))"));
        code.replace(".data/", "$AIRSIDE_DATA_DIR/")
    }
}

/// Those of a document in Markdown, in their order.
pub fn all(text: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut lines = (1..).zip(text.lines()).peekable();
    while let Some((line, text)) = lines.next() {
        if text != "```sh" {
            continue;
        }
        let code = block(&mut lines);
        let has_answer = lines.next_if(|(_, text)| ["```", "```json"].contains(text));
        let answer = has_answer.map_or_else(String::new, |_| block(&mut lines));
        examples.push(Example { line, code, answer });
    }
    examples
}

/// The lines up to the end of a fenced block.
fn block<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>) -> String {
    let inside = lines.map(|(_, text)| text);
    let inside = inside.take_while(|text| *text != "```");
    inside.map(|text| format!("{text}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(line: usize, code: &str, answer: &str) -> Example {
        let [code, answer] = [code, answer].map(str::to_owned);
        Example { line, code, answer }
    }

    #[test]
    fn an_answer_stands_right_after_its_commands() {
        let text = "# A\n```sh\none\ntwo\n```\n```json\n{}\n```\nText\n```sh\nthree\n```\n\n```\nno answer\n```\n";
        let found = [example(2, "one\ntwo\n", "{}\n"), example(10, "three\n", "")];
        assert_eq!(all(text), found);
    }

    #[test]
    fn commands_are_those_of_the_stack() {
        let code = "curl http://127.0.0.1:5000/a http://127.0.0.1:$port $(cat .data/x)\n";
        assert_eq!(
            example(1, code, "").code_for(20_000),
            "curl http://127.0.0.1:$((5000 + 20000))/a http://127.0.0.1:$(($port + 20000)) \
             $(cat $AIRSIDE_DATA_DIR/x)\n"
        );
    }
}
