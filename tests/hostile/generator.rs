//! Random programs that follow the grammar and make sense often enough to run for a while.

use std::fmt::Write;

/// Numbers that repeat: `SplitMix64`.
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next one, below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((bits ^ bits >> 31) >> 33).unwrap_or(0) % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

struct Generator {
    numbers: Numbers,
    out: String,
    /// Variables in scope.
    names: Vec<String>,
    /// Functions in scope, with their parameters.
    functions: Vec<(String, usize)>,
    counter: usize,
    in_function: bool,
}

/// The functions that every program has: one that makes garbage, one that throws now and then.
const PRELUDE: &str = "
let ticks := 0
fun waste(x) { let t := [x] for (let i := 0; i < 40; i := i + 1) { t := [t, f'{i} some text that takes room', {'a': t}] t := [x] } return t[1] }
fun risky(x) { ticks := ticks + 1 if (ticks % 7 == 0) { throw Error('tick', {'x': x}) } return x }
let log := []
";

/// The program of this seed.
pub fn program(seed: u64) -> String {
    let mut generator = Generator {
        numbers: Numbers::new(seed),
        out: PRELUDE.to_owned(),
        names: vec!["log".to_owned()],
        functions: vec![("waste".to_owned(), 1), ("risky".to_owned(), 1)],
        counter: 0,
        in_function: false,
    };
    let statements = 3 + generator.numbers.below(8);
    for _ in 0..statements {
        generator.statement(3);
    }
    let names = generator.names.join(", ");
    let _ = write!(generator.out, "\nprint({names})\nreturn [{names}]\n");
    generator.out
}

impl Generator {
    fn fresh(&mut self) -> String {
        self.counter += 1;
        format!("v{}", self.counter)
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self) -> String {
        let index = self.numbers.below(self.names.len());
        self.names[index].clone()
    }

    fn block(&mut self, depth: usize) {
        let (names, functions) = (self.names.len(), self.functions.len());
        self.put("{ ");
        for _ in 0..=self.numbers.below(3) {
            self.statement(depth);
        }
        self.put("} ");
        self.names.truncate(names);
        self.functions.truncate(functions);
    }

    fn statement(&mut self, depth: usize) {
        let choice = if depth == 0 {
            self.numbers.below(4)
        } else {
            self.numbers.below(15)
        };
        match choice {
            0 | 1 => {
                let name = self.fresh();
                let _ = write!(self.out, "let {name} := ");
                self.expression(depth.max(1));
                self.put("; ");
                self.names.push(name);
            }
            2 => {
                let name = self.name();
                let _ = write!(self.out, "{name} := ");
                self.expression(depth.max(1));
                self.put("; ");
            }
            3 => {
                self.put("log := arrayPushBack(log, ");
                self.expression(depth.max(1));
                self.put("); ");
            }
            4 => {
                self.put("if (");
                self.expression(2);
                self.put(") ");
                self.block(depth - 1);
                self.put("else ");
                self.block(depth - 1);
            }
            5 => {
                let name = self.fresh();
                let turns = 1 + self.numbers.below(5);
                let _ = write!(
                    self.out,
                    "for (let {name} := 0; {name} < {turns}; {name} := {name} + 1) "
                );
                // The counter itself stays out of reach: nothing else may set it.
                self.block(depth - 1);
            }
            6 | 7 => {
                let (key, value) = (self.fresh(), self.fresh());
                let keyed = self.numbers.below(2) == 0;
                let head = if keyed {
                    format!("{key}, {value}")
                } else {
                    value.clone()
                };
                let _ = write!(self.out, "for (let {head} in [");
                self.expression(2);
                self.put(", ");
                self.expression(2);
                self.put("]) ");
                let names = self.names.len();
                self.names.push(value);
                if keyed {
                    self.names.push(key);
                }
                self.block(depth - 1);
                self.names.truncate(names);
            }
            8 | 9 => {
                let error = self.fresh();
                self.put("try ");
                self.block(depth - 1);
                let catch = self
                    .numbers
                    .pick(&["catch (", "catch (o: Other) { log := [o] } catch ("]);
                let _ = write!(self.out, "{catch}{error}) ");
                self.names.push(error);
                self.block(depth - 1);
                self.names.pop();
            }
            10 | 11 => self.function(depth),
            12 => {
                let name = self.name();
                let path = self.numbers.pick(&[".k", "['k']", "[1]", ".a.b"]);
                // On most values this is an error of the machine, which nothing catches.
                let _ = write!(self.out, "if (typeof({name}) == 'object') {{ {name}{path} := ");
                self.expression(2);
                self.put(" } ");
            }
            13 => {
                self.put("print(");
                self.expression(2);
                self.put("); ");
            }
            _ if self.in_function => {
                self.put("if (");
                self.expression(1);
                self.put(") { return ");
                self.expression(2);
                self.put(" } ");
            }
            _ => self.block(depth - 1),
        }
    }

    fn function(&mut self, depth: usize) {
        let name = self.fresh();
        let parameters: Vec<_> = (0..self.numbers.below(4)).map(|_| self.fresh()).collect();
        let _ = write!(self.out, "fun {name}({}) ", parameters.join(", "));
        let names = self.names.len();
        let count = parameters.len();
        self.names.extend(parameters);
        let outer = std::mem::replace(&mut self.in_function, true);
        self.block(depth - 1);
        self.in_function = outer;
        self.names.truncate(names);
        self.functions.push((name, count));
    }

    fn list(&mut self, depth: usize, most: usize) {
        for number in 0..self.numbers.below(most + 1) {
            if number > 0 {
                self.put(", ");
            }
            self.expression(depth);
        }
    }

    fn expression(&mut self, depth: usize) {
        if depth == 0 {
            let name = self.name();
            let leaves = [
                "1",
                "0",
                "null",
                "true",
                "'text'",
                "2.5",
                "-7",
                "'k'",
                "140737488355327",
                "n",
                "g",
                "''",
            ];
            let leaf = self.numbers.pick(&leaves);
            let text = if self.numbers.below(2) == 0 { &name } else { leaf };
            return self.put(text);
        }
        let depth = depth - 1;
        match self.numbers.below(20) {
            0 => self.expression(0),
            1 | 2 => {
                let operator = self
                    .numbers
                    .pick(&["||", "==", "!=", "<", "and", "or", "??", "in", "like"]);
                self.put("(toString(");
                self.expression(depth);
                let _ = write!(self.out, ") {operator} toString(");
                self.expression(depth);
                self.put("))");
            }
            3 => {
                self.put("(length(toString(");
                self.expression(depth);
                let operator = self
                    .numbers
                    .pick(&["+", "-", "*", "/", "%", "<", ">=", "between 1 and"]);
                let _ = write!(self.out, ")) {operator} (ticks + ");
                let number = self.numbers.below(9) + 1;
                let _ = write!(self.out, "{number}))");
            }
            4 | 5 => {
                self.put("[");
                self.list(depth, 4);
                self.put("]");
            }
            6 => {
                self.put("(");
                self.expression(depth);
                self.put(", ");
                self.expression(depth);
                self.put(")");
            }
            7 => {
                self.put("{'k': ");
                self.expression(depth);
                self.put(", 'l': ");
                self.expression(depth);
                self.put("}");
            }
            8..=11 => {
                let index = self.numbers.below(self.functions.len());
                let (name, parameters) = self.functions[index].clone();
                let _ = write!(self.out, "{name}(");
                self.list(depth, parameters);
                self.put(")");
            }
            12 | 13 => {
                let parameter = self.fresh();
                let _ = write!(self.out, "({parameter} -> ");
                self.names.push(parameter);
                self.expression(depth);
                self.names.pop();
                self.put(")(");
                self.expression(depth);
                self.put(")");
            }
            14 => {
                let parameter = self.fresh();
                let library = self.numbers.pick(&["arrayMap", "arrayFilter", "arrayExists"]);
                let _ = write!(self.out, "{library}({parameter} -> ");
                self.names.push(parameter);
                self.expression(depth);
                self.names.pop();
                self.put(", [");
                self.list(depth, 3);
                self.put("])");
            }
            15 => {
                self.put("(");
                self.expression(depth);
                self.put(" ? ");
                self.expression(depth);
                self.put(" : ");
                self.expression(depth);
                self.put(")");
            }
            16 => {
                self.put("f'{");
                self.expression(0);
                self.put("}-");
                self.put("{toString(");
                self.name_or_call();
                self.put(")}'");
            }
            17 => {
                self.put("(case ");
                self.expression(depth);
                self.put(" when ");
                self.expression(depth);
                self.put(" then ");
                self.expression(depth);
                self.put(" else ");
                self.expression(depth);
                self.put(" end)");
            }
            18 => {
                self.put("jsonParse(jsonStringify([");
                self.list(depth, 2);
                self.put("]))[1]");
            }
            _ => {
                self.put("[");
                self.expression(depth);
                self.put(", waste(");
                self.expression(depth);
                self.put(")][1]");
            }
        }
    }

    fn name_or_call(&mut self) {
        let name = self.name();
        let text = match self.numbers.below(2) {
            0 => name,
            _ => format!("waste({name})"),
        };
        self.put(&text);
    }
}
