// Written by `mx install opencode`, taken away by `mx uninstall opencode`. mx-digest: 
// Tells mx, the memory for coding agents, what happens in a session, and gives the session what
// mx remembers of the last one. No failure here is a failure of opencode: without mx it does nothing.
import { spawn } from "node:child_process"

const PROGRAM = {{command}}
const PATIENCE_MS = 5000
const LONGEST_TEXT = 20000

const cut = (_key: string, value: any) =>
  typeof value === "string" && value.length > LONGEST_TEXT ? value.slice(0, LONGEST_TEXT) : value

// Runs the hook with one message; gives back what it printed, or nothing.
const call = (message: any): Promise<string> =>
  new Promise((resolve) => {
    try {
      const child = spawn(PROGRAM, ["hook", "--agent", "opencode"], {
        stdio: ["pipe", "pipe", "ignore"],
        windowsHide: true,
      })
      let printed = ""
      const timer = setTimeout(() => child.kill(), PATIENCE_MS)
      const done = () => {
        clearTimeout(timer)
        resolve(printed)
      }
      child.on("error", done)
      child.on("close", done)
      child.stdout.on("data", (chunk: any) => (printed += chunk))
      child.stdin.on("error", () => {})
      child.stdin.end(JSON.stringify(message, cut))
    } catch {
      resolve("")
    }
  })

const contextOf = (printed: string): string => {
  try {
    return JSON.parse(printed).context ?? ""
  } catch {
    return ""
  }
}

export const Mx = async ({ directory }: any) => {
  const parents = new Map<string, string>()
  const contexts = new Map<string, Promise<string>>()
  const answers = new Map<string, string>()
  const prompts = new Set<string>()
  let last: Promise<any> = Promise.resolve()

  // One after the other, so that they are recorded in their order.
  const tell = (event: string, session: string, fields: any = {}): Promise<string> => {
    let root = session
    while (parents.has(root)) root = parents.get(root) as string
    const subagent = root !== session
    last = last.then(() => call({ event, session: root, cwd: directory, subagent, ...fields }))
    return last
  }

  const begin = (session: string, reason: string): Promise<string> => {
    if (parents.has(session)) return Promise.resolve("")
    const known = contexts.get(session)
    if (known) return known
    const context = tell("start", session, { reason }).then(contextOf)
    contexts.set(session, context)
    return context
  }

  const onEvent = (type: string, about: any) => {
    const session = about.sessionID ?? about.info?.id
    const part = about.part
    if (type === "session.created") {
      if (about.info.parentID) parents.set(session, about.info.parentID)
      else begin(session, "startup")
    } else if (type === "session.idle") {
      tell("session.idle", session, { text: answers.get(session) ?? "" })
    } else if (type === "session.compacted") {
      tell("session.compacted", session)
    } else if (type === "session.deleted") {
      tell("end", session, { reason: "deleted" })
    } else if (type === "message.part.updated" && part.type === "text") {
      if (!prompts.has(part.messageID)) answers.set(part.sessionID, part.text)
    } else if (type === "message.part.updated" && part.type === "tool" && part.state.status === "error") {
      const { input, error, metadata } = part.state
      const interrupted = metadata?.interrupted
      tell("tool.execute.after", part.sessionID, { tool: part.tool, args: input, error, metadata: { interrupted } })
    }
  }

  return {
    event: async ({ event }: any) => {
      try {
        onEvent(event.type, event.properties)
      } catch {}
    },
    "chat.message": async (input: any, output: any) => {
      try {
        prompts.add(output.message.id)
        await begin(input.sessionID, "resume")
        const texts = output.parts.filter((part: any) => part.type === "text" && !part.synthetic)
        tell("prompt", input.sessionID, { text: texts.map((part: any) => part.text).join("\n") })
      } catch {}
    },
    "tool.execute.after": async (input: any, output: any) => {
      try {
        const { exit, exists, interrupted } = output.metadata ?? {}
        const outcome = { output: output.output, metadata: { exit, exists, interrupted } }
        tell("tool.execute.after", input.sessionID, { tool: input.tool, args: input.args, ...outcome })
      } catch {}
    },
    "shell.env": async (input: any, output: any) => {
      if (input.sessionID) output.env.MX_SESSION = input.sessionID
    },
    "experimental.chat.system.transform": async (input: any, output: any) => {
      const context = await contexts.get(input.sessionID)
      if (context) output.system.push(context)
    },
    "experimental.session.compacting": async (input: any, output: any) => {
      const context = await contexts.get(input.sessionID)
      if (context) output.context.push(context)
    },
  }
}
