const a: number = 1
<div>{a}</div>
import x from "fs"; @d class C { }
function handler(input, output