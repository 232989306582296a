//! The conventions with types.

use super::harness::check_outcomes;

#[test]
fn each_convention_has_its_typescript() {
    check_outcomes(&[
        (
            "export function exactMatch(event: { outputs: { content: string }; feedback: any }): boolean {\n  return event.outputs.content.includes(event.feedback.ground_truth);\n}",
            "true",
        ),
        (
            "declare const outputs: any, feedback: any;\nfunction exactMatch(): boolean { return outputs.content.includes(feedback.ground_truth) }",
            "true",
        ),
        (
            "declare const outputs: { content: string };\nconst result: number = outputs.content.length;",
            "8",
        ),
        (
            "function evaluate(generation: string, metadata: Record<string, unknown>): number { return generation.length }",
            "8",
        ),
        (
            "function grade(sample: { output_text: string }, item: any): number { return sample.output_text.includes(item.reference_answer) ? 1 : 0 }",
            "1",
        ),
        (
            "export async function performEval(run: Run, example: Example): Promise<{ key: string; score: number }> {\n  return { key: 'same', score: run.outputs.output === example.outputs.output ? 1 : 0 };\n}\ninterface Run { outputs: any }\ntype Example = Run;",
            "0",
        ),
        (
            "function handler({ output, expected }: { output: string; expected?: string }) {\n  return expected == null ? null : { name: 'contains', score: output.includes(expected) ? 1 : 0 };\n}",
            "1",
        ),
        (
            "export const contains = ({ output, reference }: Record<string, string>) => ({ score: Number(output!.includes(reference!)) });",
            "1",
        ),
        (
            "export function evaluate(ctx: any) {\n  return [{ name: 'has', value: ctx.observation.output.includes(ctx.experiment?.itemExpectedOutput), dataType: 'BOOLEAN' as const }];\n}",
            "true",
        ),
        (
            "function evaluate(instance: { response: string; reference: string }): number { return Number(instance.response.includes(instance.reference)) }",
            "1",
        ),
        (
            "const check = (output: string, context: { vars: any }) => ({ pass: output.includes(context.vars.expected), score: 0.5 });\nexport = check;",
            "0.5",
        ),
        (
            "export default ((output: string, context: any): boolean => output.length > 5) satisfies (o: string, c: any) => boolean",
            "true",
        ),
        ("(output: string, context: any) => output.length as number", "8"),
        (
            "const words: string[] = output.split(' ');\nreturn words.length as number;",
            "3",
        ),
        ("(output as string).length + context.vars.expected.length", "9"),
    ]);
}
